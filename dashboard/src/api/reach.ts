import { signal } from "@preact/signals";

/** Whether the gateway answers. Requests tell; while it does not, it is asked for less and less often until it does. */
export const reached = signal(true);

/** A request got no answer at all. */
export function lost(): void {
  if (!reached.value) return;
  reached.value = false;
  void ask();
}

let wake = () => {};
// The browser knows best when it is worth another try at once.
addEventListener("online", () => wake());

async function ask(): Promise<void> {
  for (let wait = 500; ; wait = Math.min(wait * 2, 8000)) {
    await new Promise<void>((done) => {
      wake = done;
      setTimeout(done, wait);
    });
    try {
      await answerOf("/healthz", { cache: "no-store" }, 5000);
      reached.value = true;
      return;
    } catch {
      // Not yet.
    }
  }
}

/** What a server says within so many milliseconds: its status and headers. A line that died without a word is noticed by this alone. */
export async function answerOf(path: string, init: RequestInit, patience: number): Promise<Response> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), patience);
  try {
    return await fetch(path, { ...init, signal: init.signal ? AbortSignal.any([init.signal, late.signal]) : late.signal });
  } finally {
    clearTimeout(timer);
  }
}

/** Waits so long, and while the gateway does not answer until it does; at most until the caller has no more use for it. */
export function rest(wait: number, over: AbortSignal): Promise<void> {
  return new Promise((done) => {
    let timer = reached.value ? setTimeout(end, wait) : undefined;
    const stop = reached.subscribe((is) => {
      // What was lost meanwhile is waited for; once it is back there is nothing to wait for.
      if (!is) {
        clearTimeout(timer);
        timer = undefined;
      } else if (timer === undefined) queueMicrotask(end);
    });
    over.addEventListener("abort", end, { once: true });
    function end() {
      clearTimeout(timer);
      stop();
      over.removeEventListener("abort", end);
      done();
    }
  });
}
