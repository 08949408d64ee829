import { useEffect, useRef } from "preact/hooks";

export function Composer({ send, draft, setDraft, busy, agent }: { send: (text: string) => Promise<void>; draft: string; setDraft: (text: string) => void; busy: boolean; agent: string }) {
  const field = useRef<HTMLTextAreaElement>(null);
  // It grows with its text up to a third of the window.
  useEffect(() => {
    const area = field.current!;
    area.style.height = "auto";
    area.style.height = `${Math.min(area.scrollHeight + 2, innerHeight / 3)}px`;
  }, [draft]);
  const submit = async () => {
    const text = draft.trim();
    if (text === "" || busy) return;
    setDraft("");
    await send(text);
    field.current?.focus();
  };
  const key = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    void submit();
  };
  return (
    <form class="composer" onSubmit={(event) => { event.preventDefault(); void submit(); }}>
      <label class="visually-hidden" for="message">Message to {agent}</label>
      <textarea id="message" ref={field} rows={2} placeholder={`Message to ${agent}, or /help`} value={draft} onInput={(event) => setDraft(event.currentTarget.value)} onKeyDown={key} />
      <button type="submit" class="primary" disabled={busy || draft.trim() === ""}>Send</button>
    </form>
  );
}
