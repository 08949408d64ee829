import { useEffect, useState } from "preact/hooks";
import { shown, words, type Field, type Json } from "./fields";

/** The control that fits a key's type. What is typed stays as typed; only its meaning goes out. */
export function FieldInput({ field, value, set, id, wrong, about }: { field: Field; value: Json | undefined; set: (value: Json, fault?: string) => void; id: string; wrong: boolean; about: string }) {
  const shared = { id, "aria-invalid": wrong, "aria-describedby": about, disabled: !field.key.editable };
  const { type, rule, secret } = field.key;
  if (secret && !field.isJson) return <SecretInput shared={shared} isSet={value !== undefined && value !== null && value !== ""} set={set} />;
  if (type === "true or false") return <input type="checkbox" role="switch" {...shared} checked={value === true} onChange={(event) => set(event.currentTarget.checked)} />;
  if (type === "word") {
    const choices = words(rule);
    return (
      <select {...shared} value={String(value ?? "")} onChange={(event) => set(event.currentTarget.value)}>
        {[...new Set([...choices, ...(value === undefined || value === null ? [""] : [String(value)])])].map((word) => <option key={word} value={word}>{word || "(none)"}</option>)}
      </select>
    );
  }
  if (type === "list of text") return <TextInput shared={shared} rows text={Array.isArray(value) ? value.join("\n") : ""} give={(text) => set(text.split("\n").map((line) => line.trim()).filter((line) => line !== ""))} hint="one entry a line" />;
  if (field.isJson) {
    return <TextInput shared={shared} rows text={value === undefined ? "" : JSON.stringify(value, null, 2)} hint="JSON" give={(text) => {
      try {
        set(JSON.parse(text.trim() === "" ? "null" : text) as Json);
      } catch {
        set(value ?? null, "this is no JSON");
      }
    }} />;
  }
  if (type === "whole number" || type === "number") {
    return <TextInput shared={shared} numeric text={value === undefined || value === null ? "" : String(value)} give={(text) => {
      const plain = text.trim();
      if (plain === "") set(null);
      else if (Number.isFinite(Number(plain))) set(Number(plain));
      else set(value ?? null, "this is no number");
    }} hint={value === undefined ? "not set" : ""} />;
  }
  return <TextInput shared={shared} text={value === undefined || value === null ? "" : String(value)} give={(text) => set(text)} hint={value === undefined ? shown(value) : ""} />;
}

type Shared = { id: string; "aria-invalid": boolean; "aria-describedby": string; disabled: boolean };

function TextInput({ shared, text, give, rows = false, numeric = false, hint }: { shared: Shared; text: string; give: (text: string) => void; rows?: boolean; numeric?: boolean; hint: string }) {
  const [typed, setTyped] = useState(text);
  const [own, setOwn] = useState(false);
  // A value from outside (loaded again, reset) takes the place; one's own typing does not come back changed.
  useEffect(() => {
    if (!own) setTyped(text);
    setOwn(false);
  }, [text]);
  const input = (event: { currentTarget: HTMLInputElement | HTMLTextAreaElement }) => {
    setOwn(true);
    setTyped(event.currentTarget.value);
    give(event.currentTarget.value);
  };
  return rows
    ? <textarea class="mono" {...shared} rows={Math.min(10, Math.max(2, typed.split("\n").length))} spellcheck={false} placeholder={hint} value={typed} onInput={input} />
    : <input type="text" inputMode={numeric ? "decimal" : "text"} {...shared} spellcheck={false} placeholder={hint} value={typed} onInput={input} />;
}

function SecretInput({ shared, isSet, set }: { shared: Shared; isSet: boolean; set: (value: Json) => void }) {
  const [typed, setTyped] = useState("");
  return <input type="password" autocomplete="new-password" {...shared} value={typed} placeholder={isSet ? "set; type to replace it" : "not set"} onInput={(event) => { setTyped(event.currentTarget.value); if (event.currentTarget.value !== "") set(event.currentTarget.value); }} />;
}
