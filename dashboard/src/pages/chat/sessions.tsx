import { signal } from "@preact/signals";
import { useState } from "preact/hooks";
import { api } from "../../api/client";
import { Dialog } from "../../parts/dialog";
import { ago, fullTime, shortTime } from "../../parts/format";
import { Empty, Loaded } from "../../parts/states";
import { useQuery } from "../../state/query";
import { go, link } from "../../state/router";
import { channel, room, user } from "./talk";

const everywhere = signal(false);

/** Conversations of one agent: those of this page, or of every channel. */
export function Sessions({ agent, current, chosen = () => {} }: { agent: string; current: string | undefined; chosen?: () => void }) {
  const [text, setText] = useState("");
  const all = everywhere.value;
  const found = useQuery(`sessions:${agent}:${all}`, () => api.get("/api/admin/chat/sessions", { query: all ? { limit: 100 } : { agent_id: agent, channel, user_id: user, room_id: room, limit: 100 } }), 10_000);
  // A chat nobody named goes by the first thing that was asked in it, as far as that is known here.
  const recent = useQuery(`chat-runs:${agent}`, () => api.get("/v1/runs", { query: { agent_id: agent, limit: 50 } }));
  const asked = new Map((recent.data?.runs ?? []).filter((run) => run.session_id).map((run) => [run.session_id!, run.message]));
  const titleOf = (row: { session_id: string; title?: string | null; created_at: string }) => row.title || asked.get(row.session_id) || `Chat of ${shortTime(row.created_at)}`;
  return (
    <div class="sessions">
      <label class="visually-hidden" for="session-search">Search chats</label>
      <input id="session-search" type="search" placeholder="Search chats" value={text} onInput={(event) => setText(event.currentTarget.value)} />
      <label class="check small-text"><input type="checkbox" checked={all} onChange={(event) => (everywhere.value = event.currentTarget.checked)} /> <span>Every agent and channel</span></label>
      <Loaded of={found} what="Chats">
        {(data) => {
          const wanted = text.trim().toLowerCase();
          const rows = data.sessions.filter((row) => wanted === "" || `${titleOf(row)} ${row.session_id} ${row.channel} ${row.agent_id} ${row.user_id}`.toLowerCase().includes(wanted));
          if (rows.length === 0) return <Empty title={wanted ? "No chat matches" : "No chats yet"}>{!wanted && <p class="muted">Write a message to begin one.</p>}</Empty>;
          return (
            <ul class="session-list">
              {rows.map((row) => (
                <li key={row.session_id}>
                  <a href={link("chat", row.session_id)} aria-current={row.session_id === current ? "true" : undefined} onClick={chosen} title={`${row.session_id}, written to ${fullTime(row.updated_at)}`}>
                    <span class="session-title">{titleOf(row)}</span>
                    <span class="muted">{all ? `${row.agent_id} · ${row.channel} · ` : ""}{ago(row.updated_at)}{row.closed_at ? " · closed" : ""}</span>
                  </a>
                </li>
              ))}
              {data.more && <li class="muted small-text">Older chats are found with the search of the command line: openclawssy sessions</li>}
            </ul>
          );
        }}
      </Loaded>
    </div>
  );
}

export function ResumeDialog({ agent, close }: { agent: string; close: () => void }) {
  const [id, setId] = useState("");
  return (
    <Dialog title="Resume a chat" close={close}>
      <form class="row" onSubmit={(event) => { event.preventDefault(); if (id.trim() !== "") { go(link("chat", id.trim())); close(); } }}>
        <label class="field grow"><span>Session id</span><input value={id} placeholder="chat_…" spellcheck={false} onInput={(event) => setId(event.currentTarget.value)} /></label>
        <button type="submit" class="primary" disabled={id.trim() === ""}>Open</button>
      </form>
      <div class="resume-list"><Sessions agent={agent} current={undefined} chosen={close} /></div>
      <div class="row end"><button type="button" onClick={close}>Cancel</button></div>
    </Dialog>
  );
}
