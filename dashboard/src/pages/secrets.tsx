import { useState } from "preact/hooks";
import { api, said } from "../api/client";
import { confirm, tell } from "../parts/dialog";
import { ago, fullTime } from "../parts/format";
import { Empty, Loaded, PageHead } from "../parts/states";
import { invalidate, useQuery } from "../state/query";

export function SecretsPage() {
  const secrets = useQuery("secrets", () => api.get("/api/admin/secrets"));
  const [name, setName] = useState("");
  const [value, setValue] = useState("");
  const [problem, setProblem] = useState("");
  const store = async (event: Event) => {
    event.preventDefault();
    setProblem("");
    try {
      const stored = await api.post("/api/admin/secrets", { body: { name: name.trim(), value } });
      setName("");
      tell(`${stored.stored} is stored.`);
      invalidate("secrets");
    } catch (wrong) {
      setProblem(said(wrong));
    }
    // Right or wrong, it does not stay on the page.
    setValue("");
  };
  const remove = async (secret: string) => {
    if (!(await confirm("Remove this secret?", <p><code>{secret}</code> is deleted from the store. Whatever uses it stops working.</p>, "Remove"))) return;
    try {
      await api.delete("/api/admin/secrets/{name}", { path: { name: secret } });
      tell(`${secret} is removed.`);
      invalidate("secrets");
    } catch (wrong) {
      tell(said(wrong), "bad");
    }
  };
  return (
    <>
      <PageHead title="Secrets" note="Values go in and never come out: nobody can read them here or through the API." />
      <div class="stack">
        <section class="card" aria-label="Store a secret">
          <h2>Set or replace</h2>
          <form class="row secret-form" onSubmit={(event) => void store(event)}>
            <label class="field grow"><span>Name, for example OPENROUTER_API_KEY</span><input value={name} spellcheck={false} autocomplete="off" list="secret-names" onInput={(event) => setName(event.currentTarget.value)} /></label>
            <label class="field grow"><span>Value, 8 characters at least</span><input type="password" value={value} autocomplete="new-password" aria-invalid={problem !== ""} onInput={(event) => setValue(event.currentTarget.value)} /></label>
            <button type="submit" class="primary" disabled={name.trim() === "" || value === ""}>Store</button>
          </form>
          <datalist id="secret-names">{["OPENROUTER_API_KEY", "OPENAI_API_KEY", "REQUESTY_API_KEY", "ZAI_API_KEY", "OPENAI_COMPAT_API_KEY", ...(secrets.data?.keys ?? [])].map((one) => <option key={one} value={one} />)}</datalist>
          {problem && <p class="field-problem" role="alert">{problem}</p>}
        </section>
        <section class="card" aria-label="Stored secrets">
          <h2>Stored</h2>
          <Loaded of={secrets} what="Secrets">
            {(data) => (
              <>
                {data.problem && <p class="notice warn">{data.problem}</p>}
                {data.secrets.length === 0 ? !data.problem && <Empty title="No secrets yet"><p class="muted">A model’s key is usually the first one.</p></Empty> : (
                  <div class="table-scroll" tabIndex={0} role="region" aria-label="Secrets by name">
                    <table>
                      <thead><tr><th scope="col">Name</th><th scope="col">Set</th><th scope="col" class="number">Version</th><th scope="col">May be sent to</th><th scope="col"><span class="visually-hidden">Actions</span></th></tr></thead>
                      <tbody>
                        {data.secrets.map((secret) => (
                          <tr key={secret.name}>
                            <td class="mono">{secret.name}</td>
                            <td class="nowrap" title={fullTime(secret.created_at)}>{ago(secret.created_at)}</td>
                            <td class="number">{secret.version}</td>
                            <td>{secret.hosts.length ? secret.hosts.join(", ") : <span class="muted">nowhere by itself</span>}{secret.header ? <span class="muted"> in {secret.header}</span> : null}</td>
                            <td class="number"><button type="button" class="small" aria-label={`Replace ${secret.name}`} onClick={() => { setName(secret.name); document.querySelector<HTMLInputElement>(".secret-form input[type=password]")?.focus(); }}>Replace</button> <button type="button" class="small danger" aria-label={`Remove ${secret.name}`} onClick={() => void remove(secret.name)}>Remove</button></td>
                          </tr>
                        ))}
                      </tbody>
                    </table>
                  </div>
                )}
              </>
            )}
          </Loaded>
        </section>
      </div>
    </>
  );
}
