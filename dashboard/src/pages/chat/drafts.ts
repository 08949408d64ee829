import { signal } from "@preact/signals";

const key = "openclawssy.drafts";

/** What was typed and not sent, by conversation; the empty name is a page without one. It outlasts other pages, the sign-in prompt and a reload of this tab. */
const drafts = signal<Readonly<Record<string, string>>>(read());

export const draftOf = (session: string | undefined): string => drafts.value[session ?? ""] ?? "";

export function setDraft(session: string | undefined, text: string): void {
  const { [session ?? ""]: _, ...others } = drafts.value;
  keep(text === "" ? others : { ...others, [session ?? ""]: text });
}

/** What could not be sent comes before what was typed meanwhile. */
export function giveBack(session: string | undefined, text: string): void {
  const typed = draftOf(session);
  setDraft(session, typed === "" ? text : `${text}\n${typed}`);
}

export function forgetDrafts(): void {
  keep({});
}

function keep(all: Readonly<Record<string, string>>): void {
  drafts.value = all;
  try {
    if (Object.keys(all).length === 0) sessionStorage.removeItem(key);
    else sessionStorage.setItem(key, JSON.stringify(all));
  } catch {
    // Then they last as long as the page.
  }
}

function read(): Record<string, string> {
  try {
    const all: unknown = JSON.parse(sessionStorage.getItem(key) ?? "{}");
    return typeof all === "object" && all !== null ? Object.fromEntries(Object.entries(all).filter(([, text]) => typeof text === "string")) : {};
  } catch {
    return {};
  }
}
