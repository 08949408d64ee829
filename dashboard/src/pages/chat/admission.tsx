import { useState } from "preact/hooks";
import { api, said } from "../../api/client";
import { tell } from "../../parts/dialog";
import { invalidate, useQuery } from "../../state/query";
import { link } from "../../state/router";
import { room, user } from "./talk";

type Chat = { enabled?: boolean; allow_users?: string[]; allow_rooms?: string[] };

/** A new installation lets nobody chat. Whoever holds the token may change that here, with one click that says what it does. */
export function Admission() {
  const config = useQuery("config", () => api.get("/api/admin/config") as Promise<Record<string, unknown>>);
  const [busy, setBusy] = useState(false);
  const chat = config.data?.["chat"] as Chat | undefined;
  if (!chat) return null;
  const users = chat.allow_users ?? [];
  const rooms = chat.allow_rooms ?? [];
  const listed = users.includes(user) && (rooms.length === 0 || rooms.includes(room));
  if (chat.enabled !== false && listed) return null;
  const admit = async () => {
    setBusy(true);
    try {
      await api.patch("/api/admin/config", {
        body: { chat: { ...(chat.enabled === false ? { enabled: true } : {}), allow_users: [...new Set([...users, user])], ...(rooms.length > 0 ? { allow_rooms: [...new Set([...rooms, room])] } : {}) } } as never,
      });
      invalidate("config", "status");
      tell("You may chat here now.");
    } catch (problem) {
      tell(said(problem), "bad");
    }
    setBusy(false);
  };
  return (
    <div class="notice warn" role="status">
      <span>{chat.enabled === false ? "The chat is switched off." : <>Nobody may write here yet: <code>{user}</code> is not on the chat’s list.</>}</span>
      <span class="row">
        <button type="button" class="small primary" disabled={busy} onClick={() => void admit()}>{chat.enabled === false ? "Switch it on for this page" : "Allow chat from this page"}</button>
        <a href={link("settings")}>Settings</a>
      </span>
    </div>
  );
}
