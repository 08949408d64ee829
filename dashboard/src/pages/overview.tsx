export function OverviewPage() { return <p>soon</p>; }
