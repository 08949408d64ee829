// Before anything is painted, so that a chosen theme does not flash.
try {
  const theme = localStorage.getItem("openclawssy.theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // No storage, no choice: the system's theme holds.
}
