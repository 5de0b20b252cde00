// Plain JavaScript that an old Node can read. It installs the pinned Node and the dependencies before it runs a task.
import { writeFileSync } from "node:fs"
import { resolve } from "node:path"
import { replace, run, say } from "./run/child.js"
import { chromium } from "./run/chromium.js"
import { installed } from "./run/install.js"
import { checks, environment, node, root } from "./run/house.js"
import { redis } from "./run/redis.js"

const at = (...path) => resolve(root, ...path)
const vitest = (...args) => [
  at("node_modules/vitest/vitest.mjs"),
  "run",
  "--reporter=default",
  `--reporter=${at("scripts/tally-reporter.js")}`,
  ...args
]

const pages = ["docs", "lab", "verdict"].map((name) => `test/end-to-end/${name}-page.test.ts`)
const wantsBrowser = (args) => args.length === 0 || args.some((arg) => pages.some((page) => page.startsWith(arg)))

const withRedis = async (args) => {
  const store = await redis()
  if (store === undefined) return 1
  const env = { ...environment(), PATH: store.path }
  if (store.leave === undefined) return replace(node(), args, { cwd: root, env })
  const code = await run(node(), args, { cwd: root, env })
  await store.leave()
  return code
}

/** Runs the steps of the check. `--json FILE` also writes their results. */
const check = async ([flag, file]) => {
  const steps = {}
  for (const [name, command] of checks()) {
    say(`check: ${name}`)
    const code = await run("sh", ["-c", command], { cwd: root, env: environment() })
    steps[name] = code === 0 ? "passed" : "failed"
    if (flag === "--json") writeFileSync(file, `${JSON.stringify({ v: 1, steps }, undefined, 2)}\n`)
    if (code !== 0) {
      say(`check: ${name} failed`)
      return code
    }
  }
  return 0
}

const tasks = {
  comporta: (args) => replace(node(), [at("bin/comporta.js"), ...args], { env: environment() }),
  test: async (args) => {
    if (wantsBrowser(args)) await chromium()
    return withRedis(vitest(...args))
  },
  faults: (args) => withRedis(vitest("--config", at("vitest.faults.config.ts"), ...args)),
  fuzz: (args) => run(node(), [at("test/fuzz/webhooks.ts"), ...args], { cwd: root, env: environment() }),
  reproduce: () => run(node(), [at("scripts/reproduce.ts")], { env: environment() }),
  mutations: (args) => withRedis([at("test/faults/mutations/run.ts"), ...args]),
  image: (args) => run(node(), [at("scripts/image/main.ts"), ...args], { cwd: root, env: environment() }),
  "image-check": (args) => withRedis(vitest("--config", at("vitest.image.config.ts"), ...args)),
  crash: ([first = "", ...rest]) =>
    first === "webhooks"
      ? withRedis([at("test/faults/crash/webhooks.ts"), ...rest])
      : withRedis([at("test/faults/crash/campaign.ts"), first, ...rest].filter((arg) => arg !== "")),
  bench: ([first = "", ...rest]) =>
    /^[a-z]/.test(first)
      ? withRedis([at(`test/bench/${first}.ts`), ...rest])
      : withRedis([at("test/bench/webhooks.ts"), first, ...rest].filter((arg) => arg !== "")),
  record: (args) => run(node(), [at("scripts/release/main.ts"), ...args], { env: environment() }),
  check
}

const main = async (name, args) => {
  const task = tasks[name]
  if (task === undefined) {
    say(`usage: node scripts/run.js ${Object.keys(tasks).join("|")} [arguments]`)
    return 2
  }
  const code = await installed()
  if (code !== 0) return code
  return node() === undefined ? 1 : task(args)
}

process.exitCode = await main(process.argv[2], process.argv.slice(3))
