import { useEffect, useState } from "preact/hooks";
import { ApiError, api, said, type Answer } from "../api/client";
import { confirm, Dialog, tell } from "../parts/dialog";
import { bytes, number } from "../parts/format";
import { Badge, Loaded, PageHead } from "../parts/states";
import { invalidate, useQuery } from "../state/query";
import { go, guardChanges, link, route } from "../state/router";

const tabs = [{ name: "documents", label: "Documents" }, { name: "rights", label: "Rights" }] as const;

export function AgentsPage() {
  const [creating, setCreating] = useState(false);
  const agents = useQuery("agents:list", () => api.get("/api/admin/agents", { query: {} }));
  return (
    <>
      <PageHead title="Agents"><button type="button" class="primary" onClick={() => setCreating(true)}>New agent</button></PageHead>
      <Loaded of={agents} what="Agents">
        {(data) => {
          const id = route.value.parts[0] ?? (data.agents.includes("default") ? "default" : data.agents[0]) ?? "default";
          return (
            <div class="agents">
              <nav aria-label="Agents"><ul class="side-list">{data.agents.map((name) => <li key={name}><a href={link("agents", name)} aria-current={name === id ? "true" : undefined}>{name}</a></li>)}</ul></nav>
              <Agent key={id} id={id} tab={route.value.parts[1] === "rights" ? "rights" : "documents"} />
            </div>
          );
        }}
      </Loaded>
      {creating && <Create close={() => setCreating(false)} />}
    </>
  );
}

function Create({ close }: { close: () => void }) {
  const [id, setId] = useState("");
  const [problem, setProblem] = useState("");
  const make = async (event: Event) => {
    event.preventDefault();
    try {
      const made = await api.post("/api/admin/agents/create", { body: { agent_id: id.trim() } });
      invalidate("agents");
      tell(made.created ? `${made.agent_id} was made, with the starter rights.` : `${made.agent_id} was there already.`);
      close();
      go(link("agents", made.agent_id));
    } catch (wrong) {
      setProblem(said(wrong));
    }
  };
  return (
    <Dialog title="New agent" close={close}>
      <form class="stack" onSubmit={(event) => void make(event)}>
        <label class="field"><span>Its id: letters, digits, “_”, “-” and “.”</span><input value={id} spellcheck={false} maxLength={64} aria-invalid={problem !== ""} onInput={(event) => setId(event.currentTarget.value)} /></label>
        {problem && <p class="field-problem" role="alert">{problem}</p>}
        <p class="muted">It begins with the starter rights (files of the workspace, search, the time) and default documents.</p>
        <div class="row end"><button type="button" onClick={close}>Cancel</button><button type="submit" class="primary" disabled={id.trim() === ""}>Make it</button></div>
      </form>
    </Dialog>
  );
}

function Agent({ id, tab }: { id: string; tab: (typeof tabs)[number]["name"] }) {
  const about = useQuery(`agents:one:${id}`, () => api.get("/api/admin/agents", { query: { agent_id: id } }));
  return (
    <div class="agent">
      <Loaded of={about} what="The agent">
        {({ profile_context: context }) => (
          <header class="card">
            <div class="page-head flat"><h2>{id}</h2><Badge word={context.enabled ? "ok" : "off"} title={context.enabled ? "may run" : "switched off by the configuration"} /></div>
            <dl class="facts">
              <div><dt>Model</dt><dd>{context.model_provider} / {context.model_name}</dd></div>
              <div><dt>Written at</dt><dd><a href={`#/settings?search=${encodeURIComponent(context.model_from)}`}><code>{context.model_from}</code></a>{context.model_override ? ", its own" : ", for every agent"}</dd></div>
              <div><dt>Longest answer</dt><dd>{number(context.model_max_tokens)} tokens</dd></div>
              <div><dt>May run</dt><dd>{context.enabled ? "yes" : "no (agents.enabled_agent_ids, agents.profiles)"}</dd></div>
            </dl>
          </header>
        )}
      </Loaded>
      <nav class="tabs" aria-label={`Parts of ${id}`}>{tabs.map((one) => <a key={one.name} href={link("agents", id, one.name)} aria-current={one.name === tab ? "page" : undefined}>{one.label}</a>)}</nav>
      {tab === "documents" ? <Documents id={id} /> : <Rights id={id} />}
    </div>
  );
}

type Document = Answer<"/api/admin/agent/docs", "get">["documents"][number];

function Documents({ id }: { id: string }) {
  const documents = useQuery(`agents:docs:${id}`, () => api.get("/api/admin/agent/docs", { query: { agent_id: id } }));
  return (
    <Loaded of={documents} what="Documents">
      {(data) => <Editors id={id} documents={data.documents.filter((one) => !one.alias_for)} reload={documents.refresh} />}
    </Loaded>
  );
}

function Editors({ id, documents, reload }: { id: string; documents: Document[]; reload: () => Promise<void> }) {
  const [name, setName] = useState(documents[0]?.name ?? "");
  const [drafts, setDrafts] = useState<Record<string, { text: string; etag: string }>>({});
  const [problem, setProblem] = useState("");
  const shown = documents.find((one) => one.name === name);
  const dirty = Object.keys(drafts).filter((one) => drafts[one]!.text !== documents.find((document) => document.name === one)?.content);
  useEffect(() => {
    if (dirty.length === 0) return guardChanges(null);
    guardChanges(() => confirm("Leave without saving?", <p>Changes to {dirty.join(", ")} would be lost.</p>, "Leave"));
    return () => guardChanges(null);
  }, [dirty.join()]);
  if (!shown) return null;
  const text = drafts[name]?.text ?? shown.content;
  const changed = dirty.includes(name);
  const save = async (force = false) => {
    setProblem("");
    try {
      const etag = drafts[name]?.etag ?? shown.etag;
      await api.post("/api/admin/agent/docs", { body: { agent_id: id, name, content: text, ...(force ? {} : { etag }) } });
      setDrafts(({ [name]: _, ...rest }) => rest);
      tell(`${name} is saved. It holds from the next run on.`);
      await reload();
    } catch (wrong) {
      if (wrong instanceof ApiError && wrong.code === "document.changed") {
        if (await confirm("Somebody else changed it", <p>{name} was changed since you opened it. Your text would take the place of theirs.</p>, "Replace theirs")) await save(true);
        return;
      }
      setProblem(said(wrong));
    }
  };
  const discard = async () => {
    if (await confirm("Discard the changes?", <p>{name} goes back to what is saved.</p>, "Discard")) setDrafts(({ [name]: _, ...rest }) => rest);
  };
  return (
    <section class="card editor" aria-label="Documents">
      <div class="row" role="group" aria-label="Document">
        {documents.map((one) => (
          <button key={one.name} type="button" class="small" aria-pressed={one.name === name} onClick={() => { setName(one.name); setProblem(""); }}>
            {one.name.replace(".md", "")}{dirty.includes(one.name) ? " •" : ""}<span class="visually-hidden">{dirty.includes(one.name) ? ", not saved" : ""}</span>
          </button>
        ))}
      </div>
      <label class="visually-hidden" for="document">{name}</label>
      <textarea id="document" class="mono" rows={22} spellcheck={false} value={text} onInput={(event) => { const typed = event.currentTarget.value; setDrafts((all) => ({ ...all, [name]: { text: typed, etag: all[name]?.etag ?? shown.etag } })); }}
        onKeyDown={(event) => { if ((event.ctrlKey || event.metaKey) && event.key === "s") { event.preventDefault(); if (changed) void save(); } }} />
      {problem && <p class="field-problem" role="alert">{problem}</p>}
      <div class="row">
        <span class="muted grow">{bytes(new TextEncoder().encode(text).length)}{shown.exists ? "" : ", not written yet"}{changed ? ", not saved" : ""}</span>
        <button type="button" disabled={!changed} onClick={() => void discard()}>Discard</button>
        <button type="button" class="primary" disabled={!changed} onClick={() => void save()}>Save {name}</button>
      </div>
    </section>
  );
}

function Rights({ id }: { id: string }) {
  const grants = useQuery("agents:grants", () => api.get("/api/admin/grants"));
  const [busy, setBusy] = useState("");
  const [search, setSearch] = useState("");
  const change = async (capability: string, give: boolean, effect: string) => {
    if (give && (effect === "control_plane" || capability === "policy.admin") && !(await confirm(`Give ${id} the right ${capability}?`, <p>It reaches beyond the agent itself: {effect.replaceAll("_", " ")}.</p>, "Give it"))) return;
    setBusy(capability);
    try {
      await api.post("/api/admin/grants", { body: { agent_id: id, capability, action: give ? "grant" : "revoke" } });
      invalidate("agents:grants", "explain:");
      await grants.refresh();
    } catch (problem) {
      tell(said(problem), "bad");
    }
    setBusy("");
  };
  return (
    <>
      <section class="card" aria-label="Rights">
        <div class="page-head flat">
          <h2>Rights</h2>
          <div><label class="visually-hidden" for="right-search">Search rights</label><input id="right-search" type="search" placeholder="Search rights" value={search} onInput={(event) => setSearch(event.currentTarget.value)} /></div>
        </div>
        <p class="muted">A tool without its right is not offered to the model and is denied when asked for. Changes hold at once, and are in the audit.</p>
        <Loaded of={grants} what="Rights">
          {(data) => {
            const has = new Set(data.agents.find((one) => one.agent_id === id)?.capabilities ?? []);
            const rows = data.capabilities.filter((one) => `${one.name} ${one.what} ${one.effect}`.toLowerCase().includes(search.trim().toLowerCase()));
            return (
              <ul class="rights">
                {rows.map((one) => (
                  <li key={one.name}>
                    <label class="check"><input type="checkbox" role="switch" checked={has.has(one.name)} disabled={busy === one.name} onChange={(event) => { const give = event.currentTarget.checked; event.currentTarget.checked = !give; void change(one.name, give, one.effect); }} /><span class="mono">{one.name}</span></label>
                    <span class="grow">{one.what}</span>
                    <span class="muted small-text">{one.effect.replaceAll("_", " ")}{one.starter ? ", starter" : ""}</span>
                  </li>
                ))}
              </ul>
            );
          }}
        </Loaded>
      </section>
      <Explain id={id} tools={(grants.data?.capabilities ?? []).map((one) => one.name)} />
    </>
  );
}

export function Explain({ id, tools }: { id: string; tools: string[] }) {
  const [tool, setTool] = useState("fs.read");
  const [input, setInput] = useState("");
  const [asked, setAsked] = useState<{ tool: string; input: string } | null>(null);
  const verdict = useQuery(`explain:${id}:${asked?.tool}:${asked?.input}`, () => (asked ? api.get("/api/admin/policy/explain", { query: { agent_id: id, tool: asked.tool, input: asked.input } }) : Promise.resolve(null)));
  return (
    <section class="card" aria-label="Explain a verdict">
      <h2>What would be decided?</h2>
      <form class="row explain" onSubmit={(event) => { event.preventDefault(); setAsked({ tool, input }); }}>
        <label class="field"><span>Tool</span><select value={tool} onChange={(event) => setTool(event.currentTarget.value)}>{[...new Set([tool, ...tools])].map((name) => <option key={name}>{name}</option>)}</select></label>
        <label class="field grow"><span>Input as JSON, if it matters</span><input class="mono" value={input} spellcheck={false} placeholder='{"path": "notes.txt"}' onInput={(event) => setInput(event.currentTarget.value)} /></label>
        <button type="submit">Explain</button>
      </form>
      {asked && <Loaded of={verdict} what="The verdict">{(data) => data && <p class="verdict"><Badge word={data.verdict} /> {data.reason} <span class="muted">Rule <code>{data.rule}</code>, written at <code>{data.written_at}</code>.</span></p>}</Loaded>}
    </section>
  );
}
