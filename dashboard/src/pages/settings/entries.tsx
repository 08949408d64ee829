import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { isUnder, nameOf, type Place } from "./fields";

/** Entries with names of their own: each with its fields, one more, one less. What a name may be, the gateway says. */
export function Entries({ place, entries, added, removed, problems, enter, remove, rows }: {
  place: Place; entries: string[]; added: string[][]; removed: string[][]; problems: Record<string, string>;
  enter: (path: string[]) => void; remove: (path: string[]) => void; rows: (path: string[]) => ComponentChildren[];
}) {
  const [name, setName] = useState("");
  const [problem, setProblem] = useState("");
  const base = nameOf(place.path);
  const isIn = (list: string[][], path: string[]) => list.some((one) => one.length === path.length && isUnder(one, path));
  const add = (event: Event) => {
    event.preventDefault();
    const typed = name.trim();
    if (typed === "") return setProblem(`Name the ${place.word} first.`);
    if (entries.includes(typed) && !isIn(removed, [...place.path, typed])) return setProblem(`${typed} is there already.`);
    setProblem("");
    setName("");
    enter([...place.path, typed]);
  };
  const id = `add-${base.replace(/\W/g, "_")}`;
  return (
    <section class="card entries" aria-label={base}>
      <h2 class="mono">{base}</h2>
      <p class="muted">{place.what}</p>
      {entries.map((one) => {
        const path = [...place.path, one];
        const gone = isIn(removed, path);
        const fault = problems[nameOf(path)];
        return (
          <section key={one} class={`entry ${gone || isIn(added, path) ? "changed" : ""}`} aria-label={nameOf(path)}>
            <div class="row">
              <h3 class="mono grow">{gone ? <del>{one}</del> : one}</h3>
              {isIn(added, path) && <span class="badge live">new</span>}
              {gone ? <button type="button" class="small" onClick={() => enter(path)}>Keep {one}</button> : <button type="button" class="small danger" onClick={() => remove(path)}>Remove {one}</button>}
            </div>
            {fault && <p class="field-problem" role="alert">{fault}</p>}
            {!gone && <ul>{rows(path)}</ul>}
          </section>
        );
      })}
      <form class="row" onSubmit={add}>
        <label class="field grow" for={id}><span>One more {place.word}</span><input id={id} class="mono" value={name} spellcheck={false} aria-invalid={problem !== ""} aria-describedby={problem ? `${id}-problem` : undefined} onInput={(event) => { setName(event.currentTarget.value); setProblem(""); }} /></label>
        <button type="submit">Add to {base}</button>
      </form>
      {problem && <p id={`${id}-problem`} class="field-problem" role="alert">{problem}</p>}
    </section>
  );
}
