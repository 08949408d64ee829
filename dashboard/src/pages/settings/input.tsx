import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { shown, words, type Field, type Json } from "./fields";

/** The control that fits a key's type. What is typed stays as typed; only its meaning goes out. */
export function FieldInput({ field, value, set, id, wrong, about }: { field: Field; value: Json | undefined; set: (value: Json, fault?: string) => void; id: string; wrong: boolean; about: string }) {
  const shared = { id, "aria-invalid": wrong, "aria-describedby": about, disabled: !field.key.editable };
  const { type, rule, secret } = field.key;
  if (secret && !field.isJson) return <SecretInput shared={shared} isSet={value !== undefined && value !== null && value !== ""} set={set} />;
  if (type === "true or false") return <input type="checkbox" role="switch" {...shared} checked={value === undefined ? field.key.default === true : value === true} onChange={(event) => set(event.currentTarget.checked)} />;
  if (type === "word") {
    const choices = words(rule);
    return (
      <select {...shared} value={String(value ?? "")} onChange={(event) => set(event.currentTarget.value)}>
        {[...new Set([...choices, ...(value === undefined || value === null ? [""] : [String(value)])])].map((word) => <option key={word} value={word}>{word || "(none)"}</option>)}
      </select>
    );
  }
  if (type === "list of text") return <TextInput shared={shared} rows text={Array.isArray(value) ? value.join("\n") : ""} give={(text) => {
    const lines = text.split("\n").map((line) => line.trim()).filter((line) => line !== "");
    set(lines);
    return lines.join("\n");
  }} hint="one entry a line" />;
  if (field.isJson) {
    return <TextInput shared={shared} rows text={value === undefined ? "" : JSON.stringify(value, null, 2)} hint="JSON" give={(text) => {
      try {
        const parsed = JSON.parse(text.trim() === "" ? "null" : text) as Json;
        set(parsed);
        return JSON.stringify(parsed, null, 2);
      } catch {
        set(value ?? null, "this is no JSON");
        return null;
      }
    }} />;
  }
  if (type === "whole number" || type === "number") {
    return <TextInput shared={shared} numeric text={value === undefined || value === null ? "" : String(value)} give={(text) => {
      const plain = text.trim();
      const parsed = plain === "" ? null : Number(plain);
      if (parsed !== null && !Number.isFinite(parsed)) {
        set(value ?? null, "this is no number");
        return null;
      }
      set(parsed);
      return parsed === null ? "" : String(parsed);
    }} hint={value === undefined ? "not set" : ""} />;
  }
  return <TextInput shared={shared} text={value === undefined || value === null ? "" : String(value)} give={(text) => { set(text); return text; }} hint={value === undefined ? shown(value) : ""} />;
}

type Shared = { id: string; "aria-invalid": boolean; "aria-describedby": string; disabled: boolean };

function TextInput({ shared, text, give, rows = false, numeric = false, hint }: { shared: Shared; text: string; give: (text: string) => string | null; rows?: boolean; numeric?: boolean; hint: string }) {
  const [typed, setTyped] = useState(text);
  // What the typing means. A value from outside, which means something else, takes its place; one's own does not come back tidied.
  const meant = useRef(text);
  useLayoutEffect(() => {
    if (text === meant.current) return;
    meant.current = text;
    setTyped(text);
  }, [text]);
  const input = (event: { currentTarget: HTMLInputElement | HTMLTextAreaElement }) => {
    setTyped(event.currentTarget.value);
    meant.current = give(event.currentTarget.value) ?? meant.current;
  };
  return rows
    ? <textarea class="mono" {...shared} rows={Math.min(10, Math.max(2, typed.split("\n").length))} spellcheck={false} placeholder={hint} value={typed} onInput={input} />
    : <input type="text" inputMode={numeric ? "decimal" : "text"} {...shared} spellcheck={false} placeholder={hint} value={typed} onInput={input} />;
}

function SecretInput({ shared, isSet, set }: { shared: Shared; isSet: boolean; set: (value: Json) => void }) {
  const [typed, setTyped] = useState("");
  return <input type="password" autocomplete="new-password" {...shared} value={typed} placeholder={isSet ? "set; type to replace it" : "not set"} onInput={(event) => { setTyped(event.currentTarget.value); if (event.currentTarget.value !== "") set(event.currentTarget.value); }} />;
}
