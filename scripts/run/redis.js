import { chmodSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs"
import { spawnSync } from "node:child_process"
import { tmpdir } from "node:os"
import { delimiter, resolve } from "node:path"
import { run, say } from "./child.js"
import { fromDebian, onPath } from "./debian.js"
import { environment, root } from "./house.js"

const present = () => onPath("redis-server") || onPath("valkey-server")

const policy = "/usr/sbin/policy-rc.d"

const servers = () =>
  (spawnSync("pgrep", ["-x", "redis-server"], { encoding: "utf8" }).stdout ?? "")
    .split("\n")
    .filter((pid) => pid !== "")

// The policy keeps a package from starting services; the check afterwards stops one that an init system started anyway.
const withoutService = async (install) => {
  const ours = !existsSync(policy)
  const before = servers()
  if (ours) writeFileSync(policy, "#!/bin/sh\nexit 101\n", { mode: 0o755 })
  try {
    const code = await install()
    if (servers().some((pid) => !before.includes(pid))) spawnSync("service", ["redis-server", "stop"])
    if (existsSync("/run/systemd/system")) spawnSync("systemctl", ["disable", "--now", "redis-server"])
    return code
  } finally {
    if (ours) rmSync(policy, { force: true })
  }
}

const installed = async () => {
  await fromDebian("redis-server", withoutService)
  return present()
}

const label = `comporta.run=${process.pid}`
const standIns = resolve(root, "node_modules/.comporta", String(process.pid))

// A `redis-server` that runs in a container with the host's network and temporary folder. The container's name holds the
// port, so that a restarted server replaces the previous one.
const standIn = `#!/bin/sh
port=6379; last=
for word in "$@"; do [ "$last" = --port ] && port=$word; last=$word; done
docker rm --force "comporta-$port" >/dev/null 2>&1
exec docker run --rm --init --network host --user "$(id -u):$(id -g)" --label ${label} --name "comporta-$port" \\
  --volume "${tmpdir()}:${tmpdir()}" --workdir "$PWD" --volume "$PWD:$PWD" redis:7.4-bookworm redis-server "$@"
`

const removeContainers = async () => {
  const found = spawnSync("docker", ["ps", "--all", "--quiet", "--filter", `label=${label}`], { encoding: "utf8" })
  const ids = (found.stdout ?? "").split("\n").filter((id) => id !== "")
  if (ids.length > 0) await run("docker", ["rm", "--force", ...ids], { stdio: "ignore" })
  rmSync(standIns, { recursive: true, force: true })
}

const fromDocker = () => {
  if (!onPath("docker") || spawnSync("docker", ["info"], { stdio: "ignore", timeout: 10_000 }).status !== 0) return
  say("no redis-server here: using Docker's redis:7.4-bookworm")
  mkdirSync(standIns, { recursive: true })
  const file = resolve(standIns, "redis-server")
  writeFileSync(file, standIn)
  chmodSync(file, 0o755)
  return { path: `${standIns}${delimiter}${environment().PATH}`, leave: removeContainers }
}

/**
 * Returns the search path on which tests find a `redis-server` or `valkey-server`, and installs one if needed. `leave` removes
 * the containers that were started. Returns `undefined` when no server can be provided.
 */
export const redis = async () => {
  if (present() || (await installed())) return { path: environment().PATH }
  const found = fromDocker()
  if (found === undefined) say("tests need Redis: install redis-server or valkey-server (7 or newer) and run again")
  return found
}
