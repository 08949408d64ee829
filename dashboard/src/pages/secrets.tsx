export function SecretsPage() { return <p>soon</p>; }
