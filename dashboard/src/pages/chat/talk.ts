import { api, type Answer } from "../../api/client";

/** Who writes here. A label for the place of the conversation, not a right: that is the token's. */
export const channel = "dashboard";
export const user = "dashboard_user";
export const room = "dashboard";

export type Reply = Answer<"/v1/chat/messages", "post">;

/**
 * Says something. Each message names its conversation, so another tab that talks elsewhere moves nothing here, and it has its own
 * agent. Without one, the gateway's choice for this place goes on.
 */
export function say(agent: string, session: string | undefined, message: string, thinking: string): Promise<Reply> {
  return api.post("/v1/chat/messages", { body: { user_id: user, room_id: room, message, ...(session ? { session_id: session } : { agent_id: agent }), ...(thinking ? { thinking_mode: thinking } : {}) } });
}

/** A word for the gateway itself, which belongs to no conversation; `/tool` goes to the agent. */
export function isCommand(text: string): boolean {
  return /^\/[\w-]+(\s|$)/.test(text) && !/^\/tool(\s|$)/.test(text);
}
