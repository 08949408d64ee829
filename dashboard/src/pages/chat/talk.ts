import { api, type Answer } from "../../api/client";

/** Who writes here. A label for the place of the conversation, not a right: that is the token's. */
export const user = "dashboard_user";
export const room = "dashboard";

export type Reply = Answer<"/v1/chat/messages", "post">;

const activeKey = (agent: string) => `openclawssy.active.${agent}`;

function post(agent: string, message: string, thinking: string): Promise<Reply> {
  return api.post("/v1/chat/messages", { body: { user_id: user, room_id: room, agent_id: agent, message, ...(thinking ? { thinking_mode: thinking } : {}) } });
}

/**
 * Says something in a conversation. The gateway keeps one conversation a place as the one that goes on, so another one is resumed
 * first; which one it really became is in the reply.
 */
export async function say(agent: string, session: string | undefined, message: string, thinking: string): Promise<Reply> {
  if (session !== undefined && active(agent) !== session) {
    const resumed = await post(agent, `/resume ${session}`, "");
    if (resumed.session_id !== session) throw new Error(resumed.response);
    remember(agent, session);
  }
  const reply = await post(agent, message, thinking);
  if (reply.session_id) remember(agent, reply.session_id);
  return reply;
}

// Read each time: another tab of this browser may have gone on elsewhere.
function active(agent: string): string | null {
  try {
    return localStorage.getItem(activeKey(agent));
  } catch {
    return null;
  }
}

function remember(agent: string, session: string): void {
  try {
    localStorage.setItem(activeKey(agent), session);
  } catch {
    // Then the conversation is resumed once more than needed.
  }
}
