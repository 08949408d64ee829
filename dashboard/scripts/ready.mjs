// Makes sure the packages of package-lock.json are installed. Exit code 0 when the dashboard can be built.
import { execSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = join(dirname(fileURLToPath(import.meta.url)), "..");
if (Number(process.versions.node.split(".")[0]) < 20) process.exit(1);
const installed = join(here, "node_modules", ".package-lock.json");
if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(join(here, "package-lock.json")).mtimeMs) process.exit(0);
try {
  execSync("npm ci --prefer-offline --no-audit --no-fund --ignore-scripts", { cwd: here, stdio: "inherit" });
} catch {
  process.exit(1);
}
