import { useEffect, useLayoutEffect, useMemo, useState } from "preact/hooks";
import { ApiError, api, request, said } from "../api/client";
import { confirm, Dialog, tell } from "../parts/dialog";
import { Empty, Loaded, PageHead, Problem } from "../parts/states";
import { invalidate, useQuery } from "../state/query";
import { guardChanges, replace, route } from "../state/router";
import { Entries } from "./settings/entries";
import { bodyOf, entriesOf, fieldsOf, isUnder, nameOf, placesOf, same, shown, valueAt, withEntries, type Config, type Family, type Field, type Json, type Key } from "./settings/fields";
import { FieldInput } from "./settings/input";

/** What is changed most comes first. */
const usual = ["model", "providers", "chat", "agents", "network", "shell", "sandbox", "server"];

/** Of a field, or of a whole entry: then its value is an empty object (added) or null (removed). */
type Change = { path: string[]; value: Json; field?: Field };

export function SettingsPage() {
  const config = useQuery("config:full", async () => {
    const answer = await request("get", "/api/admin/config");
    return { etag: answer.headers.get("ETag") ?? "", config: (await answer.json()) as Config };
  });
  const schema = useQuery("schema", () => api.get("/api/admin/config/schema"));
  if (config.error instanceof ApiError && config.error.code === "config.broken" && !config.data)
    return (
      <>
        <PageHead title="Settings" />
        <Problem message={config.error.message} again={config.refresh} />
        <ul class="stack tight">{config.error.fields.map((fault) => <li key={fault.field}><code>{fault.field}</code>: {fault.message}</li>)}</ul>
      </>
    );
  return <Loaded of={schema} what="Settings">{(keys) => <Loaded of={config} what="Settings">{(data) => <Form keys={keys.keys} families={keys.families} config={data.config} etag={data.etag} reload={config.refresh} />}</Loaded>}</Loaded>;
}

function Form({ keys, families, config, etag, reload }: { keys: Key[]; families: Family[]; config: Config; etag: string; reload: () => Promise<void> }) {
  const [changes, setChanges] = useState<ReadonlyMap<string, Change>>(new Map());
  const [own, setOwn] = useState<Record<string, string>>({});
  const [faults, setFaults] = useState<Record<string, string>>({});
  const [seen, setSeen] = useState(etag);
  const [reviewing, setReviewing] = useState(false);
  const [generation, setGeneration] = useState(0);
  const search = route.value.query.get("search") ?? "";
  const section = route.value.parts[0] ?? "";
  const added = [...changes.values()].filter((change) => !change.field && change.value !== null).map((change) => change.path);
  const removed = [...changes.values()].filter((change) => !change.field && change.value === null).map((change) => change.path);
  const whole = useMemo(() => withEntries(config, added), [config, added.map(nameOf).join()]);
  const fields = useMemo(() => fieldsOf(keys, whole), [keys, whole]);
  const open = useMemo(() => placesOf(families, whole), [families, whole]);
  const sections = useMemo(() => [...new Set([...usual, ...fields.map((field) => field.path[0]!)])].filter((name) => fields.some((field) => field.path[0] === name)), [fields]);
  const wanted = search.trim().toLowerCase();
  const current = wanted ? "" : section || sections[0] || "";
  const list = fields.filter((field) => (wanted ? `${field.name} ${field.key.what}`.toLowerCase().includes(wanted) : field.path[0] === current));
  const isOf = (field: Field) => open.some((place) => field.path.length > place.path.length + 1 && isUnder(field.path, place.path));
  const plain = list.filter((field) => !isOf(field));
  const shownPlaces = open.filter((place) => (wanted ? `${nameOf(place.path)} ${place.what}`.toLowerCase().includes(wanted) || list.some((field) => isOf(field) && isUnder(field.path, place.path)) : place.path[0] === current));

  // At once: whoever discards and leaves is not asked about nothing.
  useLayoutEffect(() => {
    if (changes.size === 0) {
      setSeen(etag);
      return guardChanges(null);
    }
    guardChanges(() => confirm("Leave without saving?", <p>{changes.size} change{changes.size === 1 ? "" : "s"} would be lost.</p>, "Leave"));
    return () => guardChanges(null);
  }, [changes, etag]);

  // The gateway itself says what is wrong, field by field, before anything is saved.
  useEffect(() => {
    if (changes.size === 0) return setFaults({});
    const over = new AbortController();
    const timer = setTimeout(() => {
      api.post("/api/admin/config/validate", { body: bodyOf(changes) as never, signal: over.signal }).then(
        () => setFaults({}),
        (problem: unknown) => {
          if (over.signal.aborted) return;
          if (problem instanceof ApiError && problem.fields.length > 0) setFaults(Object.fromEntries(problem.fields.map((fault) => [fault.field, fault.message])));
          else tell(said(problem), "bad");
        },
      );
    }, 300);
    return () => {
      clearTimeout(timer);
      over.abort();
    };
  }, [changes]);

  const set = (field: Field, value: Json, fault?: string) => {
    setOwn(({ [field.name]: _, ...rest }) => (fault ? { ...rest, [field.name]: fault } : rest));
    if (fault) return;
    setChanges((before) => {
      const next = new Map(before);
      const old = valueAt(config, field.path);
      if (same(value, old) || (value === null && old === undefined)) next.delete(field.name);
      else next.set(field.name, { path: field.path, value, field });
      return next;
    });
  };
  const drop = (path: string[]) => (before: ReadonlyMap<string, Change>) => new Map([...before].filter(([, change]) => !isUnder(change.path, path)));
  const enter = (path: string[]) => setChanges((before) => (valueAt(config, path) === undefined ? new Map([...before, [nameOf(path), { path, value: {} }]]) : drop(path)(before)));
  const remove = (path: string[]) => {
    setOwn((all) => Object.fromEntries(Object.entries(all).filter(([name]) => !fields.some((field) => field.name === name && isUnder(field.path, path)))));
    setChanges((before) => (valueAt(config, path) === undefined ? drop(path)(before) : drop(path)(before).set(nameOf(path), { path, value: null })));
  };
  const reset = () => {
    setChanges(new Map());
    setOwn({});
    setGeneration((n) => n + 1);
  };
  // A fault inside a value that is one field here is that field's; one of an entry stands at the entry.
  const known = [...fields.map((field) => field.name), ...open.flatMap((place) => [...new Set([...entriesOf(place, whole), ...removed.filter((path) => path.length === place.path.length + 1 && isUnder(path, place.path)).map((path) => path.at(-1)!)])].map((name) => nameOf([...place.path, name])))];
  const problems = Object.fromEntries(Object.entries({ ...faults, ...own }).map(([name, message]) => [known.includes(name) ? name : known.filter((one) => name.startsWith(`${one}.`) || name.startsWith(`${one}[`)).sort((a, b) => b.length - a.length)[0] ?? name, message]));
  const elsewhere = Object.entries(problems).filter(([name]) => !known.includes(name));
  const save = async () => {
    try {
      const done = await api.patch("/api/admin/config", { body: bodyOf(changes) as never, headers: { "If-Match": seen } });
      setReviewing(false);
      reset();
      invalidate("status", "agents", "config");
      await reload();
      tell(done.restart_required.length > 0 ? `Saved. ${done.restart_required.join(", ")} hold after a restart of the gateway.` : "Saved, and in force.");
    } catch (problem) {
      setReviewing(false);
      if (problem instanceof ApiError && problem.fields.length > 0) setFaults(Object.fromEntries(problem.fields.map((fault) => [fault.field, fault.message])));
      if (problem instanceof ApiError && problem.status === 412) {
        await reload();
        setSeen("");
        tell("Somebody else changed the configuration. It was loaded again under your changes; look at them once more.", "bad");
      } else tell(said(problem), "bad");
    }
  };
  const row = (field: Field) => <Row key={field.name} field={field} value={changes.has(field.name) ? changes.get(field.name)!.value : valueAt(config, field.path)} changed={changes.has(field.name)} fault={problems[field.name]} set={(value, fault) => set(field, value, fault)} />;
  return (
    <>
      <PageHead title="Settings" note="What runs takes most changes at once; where it needs a restart, the field says so.">
        <label class="visually-hidden" for="settings-search">Search settings</label>
        <input id="settings-search" type="search" placeholder="Search settings" value={search} onInput={(event) => { const text = event.currentTarget.value; replace(text ? `#/settings?search=${encodeURIComponent(text)}` : "#/settings"); }} />
      </PageHead>
      <div class="settings">
        <nav aria-label="Sections"><ul class="side-list">{sections.map((name) => <li key={name}><a href={`#/settings/${encodeURIComponent(name)}`} aria-current={name === current ? "true" : undefined} onClick={(event) => { event.preventDefault(); replace(`#/settings/${encodeURIComponent(name)}`); }}>{name}{[...changes.values()].some((change) => change.path[0] === name) ? " •" : ""}</a></li>)}</ul></nav>
        <div class="settings-fields">
          {plain.length === 0 && shownPlaces.length === 0 ? <Empty title="No setting matches" /> : plain.length > 0 && <ul class="card" key={generation}>{plain.map(row)}</ul>}
          {shownPlaces.map((place) => (
            <Entries key={`${nameOf(place.path)} ${generation}`} place={place} entries={entriesOf(place, whole)} added={added} removed={removed} problems={problems} enter={enter} remove={remove}
              rows={(path) => list.filter((field) => isUnder(field.path, path)).map(row)} />
          ))}
          {elsewhere.map(([name, message]) => <p key={name} class="field-problem" role="alert"><code>{name}</code>: {message}</p>)}
        </div>
      </div>
      {(changes.size > 0 || Object.keys(own).length > 0) && (
        <div class="save-bar" role="region" aria-label="Unsaved changes">
          <span class="grow">{changes.size} change{changes.size === 1 ? "" : "s"} not saved{Object.keys(problems).length > 0 ? `, ${Object.keys(problems).length} refused` : ""}</span>
          <button type="button" onClick={reset}>Discard</button>
          <button type="button" class="primary" disabled={changes.size === 0 || Object.keys(problems).length > 0} onClick={() => setReviewing(true)}>Review and save</button>
        </div>
      )}
      {reviewing && (
        <Dialog title="Save these changes?" close={() => setReviewing(false)} wide>
          <div class="table-scroll" tabIndex={0} role="region" aria-label="Changes">
            <table>
              <thead><tr><th scope="col">Setting</th><th scope="col">Now</th><th scope="col">Then</th><th scope="col">Holds</th></tr></thead>
              <tbody>
                {[...changes.values()].map(({ field, value, path }) => !field ? (
                  <tr key={nameOf(path)}><td class="mono">{nameOf(path)}</td><td>{value === null ? <del>{shown(valueAt(config, path))}</del> : "not there"}</td><td><ins>{value === null ? "removed" : "added"}</ins></td><td class="nowrap">{fields.some((one) => isUnder(one.path, path) && one.key.needs_restart) ? "after a restart" : "at once"}</td></tr>
                ) : (
                  <tr key={field.name}><td class="mono">{field.name}</td><td><del>{field.key.secret ? "a secret" : shown(valueAt(config, field.path))}</del></td><td><ins>{field.key.secret ? "a new secret" : shown(value)}</ins></td><td class="nowrap">{field.key.needs_restart ? "after a restart" : "at once"}</td></tr>
                ))}
              </tbody>
            </table>
          </div>
          <div class="row end"><button type="button" onClick={() => setReviewing(false)}>Back</button><button type="button" class="primary" onClick={() => void save()}>Save</button></div>
        </Dialog>
      )}
    </>
  );
}

function Row({ field, value, changed, fault, set }: { field: Field; value: Json | undefined; changed: boolean; fault: string | undefined; set: (value: Json, fault?: string) => void }) {
  const id = `f-${field.name.replace(/[^\w-]/g, (sign) => `_${sign.codePointAt(0)}_`)}`;
  const { key } = field;
  return (
    <li class={`setting ${changed ? "changed" : ""}`}>
      <div class="setting-words" id={`${id}-about`}>
        <label for={id} class="mono">{field.name}</label>
        <p>{key.what.replaceAll("`", "")}</p>
        <p class="muted small-text">
          {key.default !== undefined && key.default !== null && <>Default: <code>{shown(key.default as Json)}</code>. </>}
          {key.rule && !field.isJson && <>Allowed: {key.rule.replaceAll("`", "")}. </>}
          {key.needs_restart && <strong>Holds after a restart. </strong>}
          {!key.active && <>Not built yet. </>}
          {!key.editable && <>Changed at the machine only: <code>openclawssy config set {field.name}</code></>}
        </p>
      </div>
      <div class="setting-input">
        <FieldInput field={field} value={value} set={set} id={id} wrong={fault !== undefined} about={fault ? `${id}-fault` : `${id}-about`} />
        {fault && <p id={`${id}-fault`} class="field-problem" role="alert">{fault}</p>}
      </div>
    </li>
  );
}
