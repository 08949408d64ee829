import type { ComponentChildren } from "preact";
import { ApiError, said } from "../api/client";
import type { Query } from "../state/query";

/** What stands where data will be: waiting, an error with a way on, or the data. */
export function Loaded<T>({ of, children, what }: { of: Query<T>; children: (data: T) => ComponentChildren; what: string }) {
  if (of.data !== undefined)
    return (
      <>
        {/* That nothing answers is said once, at the top. */}
        {of.error && !(of.error instanceof ApiError && of.error.status === 0) && <Problem message={`${said(of.error)} – what is shown may be out of date.`} again={of.refresh} />}
        {children(of.data)}
      </>
    );
  if (of.error) return <Problem message={`${what} could not be loaded: ${said(of.error)}`} again={of.refresh} />;
  return <Waiting what={what} />;
}

export function Waiting({ what }: { what: string }) {
  return (
    <div class="waiting" role="status">
      <span class="visually-hidden">Loading {what.toLowerCase()}</span>
      <span class="bone" />
      <span class="bone" />
      <span class="bone" />
    </div>
  );
}

export function Problem({ message, again }: { message: string; again?: (() => unknown) | undefined }) {
  return (
    <div class="notice bad" role="alert">
      <span>{message}</span>
      {again && (
        <button type="button" class="small" onClick={() => void again()}>
          Try again
        </button>
      )}
    </div>
  );
}

export function Empty({ title, children }: { title: string; children?: ComponentChildren }) {
  return (
    <div class="empty">
      <p class="empty-title">{title}</p>
      {children}
    </div>
  );
}

const tones: Record<string, string> = {
  completed: "good", started: "good", on: "good", ok: "good", allow: "good", running: "live", queued: "quiet", cancelled: "quiet", needs_input: "warn", timed_out: "bad", failed: "bad", error: "bad", deny: "bad", warning: "warn", warn: "warn", degraded: "warn",
};

export function Badge({ word, title }: { word: string; title?: string | undefined }) {
  return (
    <span class={`badge ${tones[word] ?? "quiet"}`} title={title}>
      {word.replaceAll("_", " ")}
    </span>
  );
}

export function PageHead({ title, children, note }: { title: string; children?: ComponentChildren; note?: ComponentChildren }) {
  return (
    <header class="page-head">
      <div>
        <h1 tabIndex={-1}>{title}</h1>
        {note && <p class="muted">{note}</p>}
      </div>
      {children && <div class="row">{children}</div>}
    </header>
  );
}
