#!/usr/bin/env node
// Plain JavaScript that an old Node can read, so that it can say what it needs.
import { existsSync, readFileSync } from "fs"
import { fileURLToPath } from "url"

// Without a listener Node opens its inspector at this signal, and every client that reaches it runs code in this process.
process.on("SIGUSR1", () => {})

const beside = (path) => new URL(path, import.meta.url)

if (Number(process.versions.node.split(".")[0]) < 24) {
  const { engines } = JSON.parse(readFileSync(beside("../package.json"), "utf8"))
  process.stderr.write(
    `comporta needs Node ${engines.node}; this is ${process.version}: install it or use npm start in the repository\n`
  )
  process.exitCode = 1
} else {
  const source = beside("../src/main.ts")
  import(existsSync(fileURLToPath(source)) ? source.href : beside("../dist/main.js").href)
}
