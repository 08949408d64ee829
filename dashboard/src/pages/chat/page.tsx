import type { Signal } from "@preact/signals";
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { ApiError, api, said } from "../../api/client";
import { confirm, tell } from "../../parts/dialog";
import { Separator } from "../../parts/separator";
import { Empty, Problem, Waiting } from "../../parts/states";
import { invalidate, useQuery } from "../../state/query";
import { go, link, route } from "../../state/router";
import { Admission } from "./admission";
import { Composer } from "./composer";
import { draftOf, giveBack, setDraft } from "./drafts";
import { chatHeight, chosenAgent, focusMode, highestChat, listOpen, listWidth, lowestChat, thinking } from "./layout";
import { forgetLive, liveRun, type LiveRun } from "./live";
import { ResumeDialog, Sessions } from "./sessions";
import { channel, isCommand, room, say, user } from "./talk";
import { History, Live, Mine, type RunRow } from "./transcript";

type Going = { run: Signal<LiveRun>; asked: string };
type Note = { asked: string; answer: string };

export function ChatPage() {
  const session = route.value.parts[0];
  const agents = useQuery("agents:list", () => api.get("/api/admin/agents", { query: {} }));
  const messages = useQuery(`messages:${session ?? ""}`, () => (session ? api.get("/api/admin/chat/sessions/{id}/messages", { path: { id: session } }) : Promise.resolve(null)), 5000);
  const agent = messages.data?.agent_id ?? chosenAgent.value;
  const recent = useQuery(`chat-runs:${agent}`, () => api.get("/v1/runs", { query: { agent_id: agent, limit: 50 } }), 5000);
  const sessions = useQuery(`sessions:${agent}:false`, () => api.get("/api/admin/chat/sessions", { query: { agent_id: agent, channel, user_id: user, room_id: room, limit: 100 } }), 10_000);
  const [going, setGoing] = useState<Going | null>(null);
  const [sending, setSending] = useState<string | null>(null);
  const [notes, setNotes] = useState<Note[]>([]);
  const [problem, setProblem] = useState("");
  const [resuming, setResuming] = useState(false);
  const [listNarrow, setListNarrow] = useState(false);
  const [options, setOptions] = useState(false);
  const narrow = useNarrow();
  const showList = !focusMode.value && (narrow ? listNarrow : listOpen.value);

  // Another conversation, another story.
  const skipReset = useRef(false);
  useEffect(() => {
    if (skipReset.current) {
      skipReset.current = false;
      return;
    }
    setGoing(null);
    setNotes([]);
    setProblem("");
    setSending(null);
  }, [session]);

  // After a reload, what goes on in this conversation is taken up again.
  const over = useRef(new Set<string>());
  const open = recent.data?.runs.filter((run) => session && run.session_id === session && !over.current.has(run.id) && (run.status === "running" || run.status === "queued"));
  const oldest = open?.at(-1);
  useEffect(() => {
    if (!oldest) return;
    if (going === null || (going.run.value.end && going.run.value.id !== oldest.id)) setGoing({ run: liveRun(oldest.id, oldest.created_at), asked: oldest.message });
  }, [oldest?.id, going?.run.value.end]);

  // What ended and stands in the conversation needs no second picture.
  const live = going?.run.value;
  useEffect(() => {
    if (!going || !live?.end || !messages.data) return;
    if (messages.data.messages.some((message) => message.run_id === live.id && message.role === "assistant")) {
      // The list of runs may not know of its end yet; it is not taken up again.
      over.current.add(live.id);
      forgetLive(live.id);
      setGoing(null);
    }
  }, [live?.end, messages.data]);

  const records = useMemo(() => new Map<string, RunRow>((recent.data?.runs ?? []).map((run) => [run.id, run])), [recent.data]);
  const held = messages.data;
  const foreign = Boolean(held && (held.channel !== channel || held.user_id !== user || held.room_id !== room));
  const closed = Boolean(held?.closed_at);

  /** Null when it was taken; else the conversation it was meant for. */
  const send = useCallback(async (text: string): Promise<{ session: string | undefined } | null> => {
    setProblem("");
    setSending(text);
    let target = session;
    try {
      // An empty page is a new conversation, whatever was gone on with elsewhere.
      if (target === undefined && !isCommand(text)) {
        target = (await say(agent, undefined, "/new", "")).session_id ?? undefined;
        if (target !== undefined) {
          skipReset.current = true;
          go(link("chat", target));
        }
      }
      const reply = await say(agent, target, text, thinking.value);
      if (reply.id) {
        setGoing({ run: liveRun(reply.id, new Date().toISOString()), asked: text });
        invalidate("sessions:", "chat-runs:", "messages:", "status");
      } else setNotes((all) => [...all, { asked: text, answer: reply.response }]);
      if (reply.session_id && reply.session_id !== target) {
        skipReset.current = true;
        go(link("chat", reply.session_id));
      }
      setSending(null);
      return null;
    } catch (wrong) {
      setSending(null);
      setProblem(!(wrong instanceof ApiError) ? said(wrong)
        : wrong.status === 0 ? "The gateway did not answer. Your text is still below; should the message have arrived all the same, it shows here once the gateway answers."
        : wrong.retryAfter ? `${said(wrong)} (try again in ${wrong.retryAfter} s)` : said(wrong));
      return { session: target };
    }
  }, [agent, session]);

  // What was refused is given back to be corrected, in its own conversation.
  const submit = async (text: string) => {
    const refused = await send(text);
    if (refused) giveBack(refused.session, text);
  };

  const retry = useCallback((text: string) => void send(text), [send]);

  const begin = async () => {
    setProblem("");
    try {
      const reply = await say(agent, undefined, "/new", "");
      invalidate("sessions:");
      if (reply.session_id) go(link("chat", reply.session_id));
      setNotes([]);
      document.getElementById("message")?.focus();
    } catch (wrong) {
      setProblem(said(wrong));
    }
  };

  const close = async () => {
    if (!session || !(await confirm("Close this chat?", <p>It stays readable, and nothing more can be written in it.</p>, "Close chat"))) return;
    try {
      await api.post("/api/admin/chat/sessions/{id}/close", { path: { id: session } });
      invalidate("sessions:", "messages:");
      tell("The chat is closed.");
    } catch (wrong) {
      tell(said(wrong), "bad");
    }
  };

  useEffect(() => {
    const key = (event: KeyboardEvent) => {
      if (event.key === "Escape" && focusMode.value && !document.querySelector("dialog[open]")) focusMode.value = false;
    };
    addEventListener("keydown", key);
    return () => removeEventListener("keydown", key);
  }, []);

  const empty = !session || (messages.data?.messages.length === 0 && !going && !sending);
  // Until the first answer is on disk the question is only here.
  const askedShown = going !== null && (messages.data?.messages.some((message) => message.run_id === going.run.value.id && message.role === "user") ?? false);
  return (
    <div class="chat" style={chatHeight.value ? { "--chat-height": `${chatHeight.value}px` } : {}}>
      <h1 class="visually-hidden" tabIndex={-1}>Chat</h1>
      <div class="chat-bar" role="toolbar" aria-label="Chat">
        <button type="button" class="primary" onClick={() => void begin()}>New chat</button>
        <button type="button" onClick={() => setResuming(true)}>Resume</button>
        <button type="button" aria-pressed={showList} onClick={() => (narrow ? setListNarrow(!listNarrow) : (listOpen.value = !listOpen.value))}>List chats</button>
        {narrow && <button type="button" aria-expanded={options} aria-controls="chat-options" onClick={() => setOptions(!options)}>Options</button>}
        <div id="chat-options" class="chat-options" hidden={narrow && !options}>
          <label class="inline"><span>Agent</span>
            <select value={agent} onChange={(event) => { chosenAgent.value = event.currentTarget.value; go(link("chat")); }}>
              {[...new Set([agent, ...(agents.data?.agents ?? [])])].map((name) => <option key={name} value={name}>{name}</option>)}
            </select>
          </label>
          <label class="inline"><span>Thinking</span>
            <select value={thinking.value} onChange={(event) => (thinking.value = event.currentTarget.value)}>
              <option value="">as configured</option>
              <option value="never">never shown</option>
              <option value="on_error">on errors</option>
              <option value="always">always shown</option>
            </select>
          </label>
          <label class="inline height"><span>Height</span>
            <input type="range" min={lowestChat} max={highestChat} step={10} value={chatHeight.value || 600} aria-valuetext={chatHeight.value ? `${chatHeight.value} pixels` : "fills the window"} onInput={(event) => (chatHeight.value = event.currentTarget.valueAsNumber)} />
          </label>
          {chatHeight.value > 0 && <button type="button" class="small quiet" onClick={() => (chatHeight.value = 0)}>Fill window</button>}
          <button type="button" aria-pressed={focusMode.value} onClick={() => (focusMode.value = !focusMode.value)}>Focus</button>
          {session && !closed && !foreign && <button type="button" class="quiet" onClick={() => void close()}>Close chat</button>}
        </div>
      </div>
      <div class="chat-panes">
        {showList && (
          <>
            <aside class="chat-list" aria-label="Chats" style={narrow ? {} : { width: `${listWidth.value}px` }}>
              <Sessions agent={agent} current={session} chosen={() => setListNarrow(false)} />
            </aside>
            {!narrow && <Separator size={listWidth} low={180} high={480} normal={260} axis="x" label="Width of the list of chats" />}
          </>
        )}
        <section class="chat-talk" aria-label="Conversation">
          <Admission />
          <Scroll of={session ?? ""}>
            {session && messages.data === undefined && !going && !sending && (messages.error ? <Problem message={said(messages.error)} again={messages.refresh} /> : <Waiting what="The chat" />)}
            {empty && notes.length === 0 && (!session || messages.data) && !sending && !going && (
              <Empty title="What shall be done?">
                <p class="muted">Write below. The agent’s steps show as they happen, and every run is kept.</p>
                {!session && sessions.data?.sessions[0] && <p><a href={link("chat", sessions.data.sessions[0].session_id)}>Go on with the last chat</a></p>}
              </Empty>
            )}
            {messages.data && <History messages={messages.data.messages} runs={records} skip={going?.run.value.id} retry={retry} />}
            {notes.map((note, index) => (
              <div key={index}>
                <Mine text={note.asked} />
                <pre class="command-answer">{note.answer}</pre>
              </div>
            ))}
            {going && !askedShown && <Mine text={going.asked} />}
            {going && <Live run={going.run} asked={going.asked} retry={retry} />}
            {sending !== null && <><Mine text={sending} /><p class="muted sending" role="status">sending…</p></>}
          </Scroll>
          <Separator size={chatHeight} low={lowestChat} high={highestChat} normal={0} axis="y" label="Height of the conversation" />
          {problem && <Problem message={problem} />}
          {foreign ? <p class="notice">This conversation belongs to another channel or user. It is shown here; it goes on there.</p>
            : closed ? <p class="notice">This chat is closed. <button type="button" class="small" onClick={() => void begin()}>New chat</button></p>
            : <Composer send={submit} draft={draftOf(session)} setDraft={(text) => setDraft(session, text)} busy={sending !== null} agent={agent} />}
        </section>
      </div>
      {resuming && <ResumeDialog agent={agent} close={() => setResuming(false)} />}
    </div>
  );
}

/** Stays at the end while it is there, and lets the reader read elsewhere. */
function Scroll({ of, children }: { of: string; children: preact.ComponentChildren }) {
  const box = useRef<HTMLDivElement>(null);
  const inner = useRef<HTMLDivElement>(null);
  const stick = useRef(true);
  const [away, setAway] = useState(false);
  useLayoutEffect(() => {
    stick.current = true;
    const element = box.current!;
    const toEnd = () => {
      if (stick.current) element.scrollTop = element.scrollHeight;
    };
    const look = () => {
      stick.current = element.scrollHeight - element.scrollTop - element.clientHeight < 60;
      setAway(!stick.current);
    };
    const watch = new ResizeObserver(toEnd);
    watch.observe(inner.current!);
    watch.observe(element);
    element.addEventListener("scroll", look, { passive: true });
    toEnd();
    return () => {
      watch.disconnect();
      element.removeEventListener("scroll", look);
    };
  }, [of]);
  return (
    <div class="transcript-frame">
      <div ref={box} class="transcript" tabIndex={0} role="log" aria-label="Messages" aria-live="off">
        <div ref={inner} class="transcript-inner">{children}</div>
      </div>
      {away && <button type="button" class="to-end small" onClick={() => { stick.current = true; box.current!.scrollTop = box.current!.scrollHeight; }}>Latest ↓</button>}
    </div>
  );
}

function useNarrow(): boolean {
  const query = useMemo(() => matchMedia("(max-width: 46rem)"), []);
  const [is, set] = useState(query.matches);
  useEffect(() => {
    const look = () => set(query.matches);
    query.addEventListener("change", look);
    return () => query.removeEventListener("change", look);
  }, []);
  return is;
}
