import { signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";

/** The browser's own dialog: it holds the focus, gives it back, and Escape closes it. */
export function Dialog({ title, close, children, wide = false }: { title: string; close: () => void; children: ComponentChildren; wide?: boolean }) {
  const box = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const dialog = box.current!;
    if (!dialog.open) dialog.showModal();
    return () => dialog.close();
  }, []);
  return (
    <dialog ref={box} class={wide ? "wide" : ""} aria-label={title} onCancel={(event) => { event.preventDefault(); close(); }} onClick={(event) => { if (event.target === box.current) close(); }}>
      <div class="dialog-body">
        <h2>{title}</h2>
        {children}
      </div>
    </dialog>
  );
}

type Question = { title: string; text: ComponentChildren; action: string; danger: boolean; answer: (yes: boolean) => void };
const question = signal<Question | null>(null);

/** Asks before something that cannot be taken back. */
export function confirm(title: string, text: ComponentChildren, action: string, danger = true): Promise<boolean> {
  return new Promise((answer) => {
    question.value?.answer(false);
    question.value = { title, text, action, danger, answer };
  });
}

export function Questions() {
  const asked = question.value;
  if (asked === null) return null;
  const end = (yes: boolean) => {
    question.value = null;
    asked.answer(yes);
  };
  return (
    <Dialog title={asked.title} close={() => end(false)}>
      <div>{asked.text}</div>
      <div class="row end">
        <button type="button" onClick={() => end(false)}>Cancel</button>
        <button type="button" class={asked.danger ? "danger" : "primary"} onClick={() => end(true)}>{asked.action}</button>
      </div>
    </Dialog>
  );
}

type Note = { id: number; text: string; tone: "good" | "bad" };
const notes = signal<Note[]>([]);
let noteId = 0;

/** Says in passing that something worked or did not. */
export function tell(text: string, tone: "good" | "bad" = "good"): void {
  const id = ++noteId;
  notes.value = [...notes.value.slice(-2), { id, text, tone }];
  setTimeout(() => (notes.value = notes.value.filter((note) => note.id !== id)), tone === "bad" ? 9000 : 4000);
}

export function Notes() {
  return (
    <div class="notes" role="status" aria-live="polite">
      {notes.value.map((note) => (
        <div key={note.id} class={`note ${note.tone}`}>{note.text}</div>
      ))}
    </div>
  );
}
