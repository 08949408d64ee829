import { signal } from "@preact/signals";

/** Where the reader is. It stands behind the address' hash, so every page can be linked to and the server serves one path. */
export type Route = { page: string; parts: string[]; query: URLSearchParams };

export const route = signal<Route>(parse(location.hash));

/** Asked before a page with unsaved changes is left; null when nothing would be lost. */
let guard: (() => Promise<boolean>) | null = null;
let shown = location.hash;

export function guardChanges(ask: (() => Promise<boolean>) | null): void {
  guard = ask;
}

export function go(to: string): void {
  if (to !== location.hash) location.hash = to;
}

/** Changes the address without a step in the history, for filters. */
export function replace(to: string): void {
  history.replaceState(null, "", to);
  shown = location.hash;
  route.value = parse(location.hash);
}

export function link(page: string, ...parts: string[]): string {
  return `#/${[page, ...parts].map(encodeURIComponent).join("/")}`;
}

addEventListener("hashchange", () => {
  const wanted = location.hash;
  if (wanted === shown) return;
  if (guard === null) return enter(wanted);
  history.replaceState(null, "", shown || "#/");
  void guard().then((leave) => {
    if (!leave) return;
    guard = null;
    go(wanted);
  });
});

addEventListener("beforeunload", (event) => {
  if (guard !== null) event.preventDefault();
});

function enter(hash: string): void {
  shown = hash;
  route.value = parse(hash);
}

function parse(hash: string): Route {
  const [path = "", query = ""] = hash.replace(/^#\/?/, "").split("?", 2);
  const [page, ...parts] = path.split("/").map(plain);
  return { page: page || "chat", parts: parts.filter((part) => part !== ""), query: new URLSearchParams(query) };
}

function plain(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
