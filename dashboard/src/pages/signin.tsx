import { useEffect, useRef, useState } from "preact/hooks";
import { authNote, said, signIn } from "../api/client";

export function SignIn() {
  const [token, setToken] = useState("");
  const [remember, setRemember] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState("");
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    document.title = "Sign in – Openclawssy";
    field.current?.focus();
  }, []);
  const enter = async (event: Event) => {
    event.preventDefault();
    const given = token.trim();
    if (busy) return;
    if (given === "") return setProblem("Enter the token first.");
    setBusy(true);
    setProblem("");
    try {
      await signIn(given, remember);
    } catch (wrong) {
      setProblem(said(wrong) === "invalid bearer token" ? "That is not the gateway's token." : said(wrong));
      setBusy(false);
      field.current?.select();
    }
  };
  return (
    <main class="gate">
      <form class="card gate-card" onSubmit={(event) => void enter(event)}>
        <h1>Openclawssy</h1>
        <p class="muted">Enter the token the gateway showed when it started. A new one: <code>openclawssy token new</code></p>
        {authNote.value && <p class="notice warn" role="status">{authNote.value}</p>}
        <label class="field">
          <span>Token</span>
          <input ref={field} type="password" name="token" autocomplete="off" spellcheck={false} value={token} onInput={(event) => setToken(event.currentTarget.value)} aria-invalid={problem !== ""} aria-describedby={problem ? "token-problem" : undefined} />
        </label>
        {problem && <p id="token-problem" class="field-problem" role="alert">{problem}</p>}
        <label class="check">
          <input type="checkbox" checked={remember} onChange={(event) => setRemember(event.currentTarget.checked)} />
          <span>Remember me in this browser</span>
        </label>
        <button type="submit" class="primary" disabled={busy}>{busy ? "Signing in…" : "Sign in"}</button>
      </form>
    </main>
  );
}
