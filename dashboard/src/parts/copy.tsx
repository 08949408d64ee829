import { useState } from "preact/hooks";

/** Copies; also where the page has no clipboard of its own, which is everywhere without TLS but on the same machine. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = document.createElement("textarea");
    area.value = text;
    area.className = "visually-hidden";
    document.body.append(area);
    area.select();
    const worked = document.execCommand("copy");
    area.remove();
    return worked;
  }
}

export function Copy({ text, label = "Copy", what }: { text: string | (() => string); label?: string; what?: string }) {
  const [state, setState] = useState("");
  const copy = async () => {
    setState((await copyText(typeof text === "string" ? text : text())) ? "Copied" : "Not copied");
    setTimeout(() => setState(""), 1200);
  };
  return (
    <button type="button" class="small quiet" aria-label={state || (what ? `${label} ${what}` : label)} onClick={() => void copy()}>
      {state || label}
    </button>
  );
}
