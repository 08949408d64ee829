import { isBetween, isFlag, kept } from "../../state/kept";

/** How the reader set the chat page up. */
export const listOpen = kept("chat.list", true, isFlag);
export const listWidth = kept("chat.listWidth", 260, isBetween(180, 480));
/** 0 fills the window. */
export const chatHeight = kept("chat.height", 0, isBetween(0, 2000));
export const lowestChat = 220;
export const highestChat = 1600;
export const focusMode = kept("chat.focus", false, isFlag);
export const thinking = kept("chat.thinking", "", (value): value is string => typeof value === "string" && ["", "never", "on_error", "always"].includes(value));
export const chosenAgent = kept("chat.agent", "default", (value): value is string => typeof value === "string" && value !== "");
