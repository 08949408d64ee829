import { signal } from "@preact/signals";
import { answerOf, lost } from "./reach";
import type { paths } from "./schema";

type Method = "get" | "post" | "patch" | "delete";
type Operation<P extends keyof paths, M extends Method> = NonNullable<paths[P][M]>;
type Json<R> = R extends { content: { "application/json": infer J } } ? J : never;
/** What a route answers when it worked. */
export type Answer<P extends keyof paths, M extends Method> =
  Operation<P, M> extends { responses: infer R } ? { [S in keyof R]: S extends 200 | 202 ? Json<R[S]> : never }[keyof R] : never;
type QueryOf<O> = O extends { parameters: { query?: infer Q } } ? (Q extends undefined ? Record<string, never> : Q) : Record<string, never>;
type PathOf<O> = O extends { parameters: { path: infer X } } ? X : Record<string, never>;
type BodyOf<O> = O extends { requestBody: { content: { "application/json": infer J } } } ? J : undefined;

export type With<P extends keyof paths, M extends Method> = {
  query?: Partial<QueryOf<Operation<P, M>>>;
  path?: PathOf<Operation<P, M>>;
  body?: BodyOf<Operation<P, M>>;
  headers?: Record<string, string>;
  signal?: AbortSignal;
};

/** A refusal of the gateway, or that it could not be reached. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly fields: ReadonlyArray<{ field: string; message: string }> = [],
    readonly retryAfter?: number,
  ) {
    super(message);
  }
}

/** out: the prompt shows. trying: a remembered sign-in is being looked at. in: the pages show. */
export const auth = signal<"out" | "trying" | "in">("out");
export const authNote = signal("");

const keyName = "openclawssy.key";
// The token lives in this variable and nowhere else; a reload forgets it.
let token: string | null = null;
let pageKey: string | null = read();
// The sign-in may be over before the answer that says so: what else is asked then is refused, and that is no news.
let leaving = false;

function read(): string | null {
  try {
    return localStorage.getItem(keyName);
  } catch {
    return null;
  }
}

function keep(key: string | null): void {
  pageKey = key;
  try {
    if (key === null) localStorage.removeItem(keyName);
    else localStorage.setItem(keyName, key);
  } catch {
    // Without storage the sign-in lasts as long as the page.
  }
}

function credentials(): Record<string, string> {
  if (token !== null) return { Authorization: `Bearer ${token}` };
  return pageKey !== null ? { "X-Openclawssy-Key": pageKey } : {};
}

/** How long the first word of an answer may take, in milliseconds; the audit of a large installation is read whole. */
const patience = 10 * 60_000;

/** Sends a request with whatever this page signed in with. A 401 brings the prompt back. */
export async function send(path: string, init: RequestInit = {}, within = patience): Promise<Response> {
  let answer: Response;
  try {
    answer = await answerOf(path, { ...init, headers: { ...credentials(), ...(init.headers as Record<string, string> | undefined) }, credentials: "same-origin", redirect: "error", cache: "no-store" }, within);
  } catch (problem) {
    if (init.signal?.aborted) throw problem;
    lost();
    throw new ApiError(0, "unreachable", "the gateway does not answer; is it running?");
  }
  if (answer.ok) return answer;
  const refused = await refusal(answer);
  if (answer.status === 401 && auth.value === "in" && !leaving) {
    forget();
    authNote.value = "The sign-in no longer holds. Enter the token that is valid now.";
    auth.value = "out";
  }
  throw refused;
}

async function refusal(answer: Response): Promise<ApiError> {
  try {
    const { error } = (await answer.json()) as { error: { code: string; message: string; retry_after_seconds?: number; fields?: { field: string; message: string }[] } };
    return new ApiError(answer.status, error.code, error.message, error.fields ?? [], error.retry_after_seconds);
  } catch {
    return new ApiError(answer.status, "unreadable", `the gateway answered with status ${answer.status}`);
  }
}

async function call<P extends keyof paths, M extends Method>(method: M, pattern: P, options: With<P, M> = {}): Promise<Answer<P, M>> {
  return (await (await request(method, pattern, options)).json()) as Answer<P, M>;
}

/** The same, for who needs the answer's headers. */
export function request<P extends keyof paths, M extends Method>(method: M, pattern: P, options: With<P, M> = {}): Promise<Response> {
  const parts = (options.path ?? {}) as Record<string, string>;
  let path = (pattern as string).replace(/\{(\w+)\}/g, (_, name: string) => (parts[name] ?? "").split("/").map(encodeURIComponent).join("/"));
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries((options.query ?? {}) as Record<string, unknown>)) if (value !== undefined && value !== null && value !== "") query.set(name, String(value));
  if (query.size > 0) path += `?${query}`;
  const init: RequestInit = { method: method.toUpperCase(), headers: { ...options.headers } };
  if (options.signal) init.signal = options.signal;
  if (options.body !== undefined) {
    init.body = JSON.stringify(options.body);
    init.headers = { ...options.headers, "Content-Type": "application/json" };
  }
  return send(path, init);
}

export const api = {
  get: <P extends keyof paths>(pattern: P, options?: With<P, "get">) => call("get", pattern, options),
  post: <P extends keyof paths>(pattern: P, options?: With<P, "post">) => call("post", pattern, options),
  patch: <P extends keyof paths>(pattern: P, options?: With<P, "patch">) => call("patch", pattern, options),
  delete: <P extends keyof paths>(pattern: P, options?: With<P, "delete">) => call("delete", pattern, options),
};

/** Tries the sign-in this browser remembers, if it does. */
export async function resume(): Promise<void> {
  if (pageKey === null) return;
  auth.value = "trying";
  try {
    await api.get("/api/admin/status");
    auth.value = "in";
  } catch (problem) {
    if (problem instanceof ApiError && problem.status === 401) keep(null);
    else authNote.value = said(problem);
    auth.value = "out";
  }
}

export async function signIn(given: string, remember: boolean): Promise<void> {
  token = given;
  try {
    await api.get("/api/admin/status");
    if (remember) {
      const begun = await api.post("/api/session");
      keep(begun.key);
      // From here on cookie and key stand for it.
      token = null;
    } else keep(null);
    authNote.value = "";
    auth.value = "in";
  } catch (problem) {
    token = null;
    throw problem;
  }
}

export async function signOut(): Promise<void> {
  leaving = true;
  try {
    await api.delete("/api/session");
  } catch {
    // Whoever leaves has left, also when the gateway is gone.
  } finally {
    leaving = false;
  }
  forget();
  authNote.value = "";
  auth.value = "out";
}

function forget(): void {
  token = null;
  keep(null);
}

export function said(problem: unknown): string {
  return problem instanceof Error ? problem.message : String(problem);
}

/** Fetches a file with the sign-in and hands it to the browser to save. */
export async function download(path: string, name: string): Promise<void> {
  const blob = await (await send(path)).blob();
  const address = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
