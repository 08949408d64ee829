import { isOneOf, kept } from "./kept";

export type Theme = "system" | "light" | "dark";

/** Its key is read by public/theme.js before the first paint. */
export const theme = kept<Theme>("theme", "system", isOneOf<Theme>("system", "light", "dark"));

theme.subscribe((chosen) => {
  if (chosen === "system") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = chosen;
});
