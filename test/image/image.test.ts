import { spawnSync } from "node:child_process"
import { chmodSync, readFileSync, realpathSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import process from "node:process"
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import { builderHere } from "../../scripts/image/builder.ts"
import { filesOf } from "../../scripts/image/layout.ts"
import { sha256 } from "../../scripts/sha256.ts"
import { readManifest } from "../../src/release/manifest.ts"
import { root } from "../house/imports.ts"
import { Manifest } from "../house/pins.ts"
import * as Schema from "effect/Schema"
import { testBedOf } from "../support/test-bed.ts"
import { customer, messages, text } from "../support/webhook.ts"
import { type Built, builderOf } from "./support/built.ts"
import { container } from "./support/container.ts"
import { missingForRoots } from "./support/roots.ts"
import { baseOf } from "./support/stand-ins.ts"

const missing = (builder: string) => [
  ...missingForRoots(),
  ...(builderHere(builder) === undefined ? [builder] : []),
  ...(spawnSync("runc", ["--version"]).error === undefined ? [] : ["runc"])
]

const here = process.arch === "arm64" ? "arm64" : "amd64"
const other = here === "arm64" ? "amd64" : "arm64"
const machines = { amd64: 0x3e, arm64: 0xb7 } as const
const reply = { key: "hello", account: "support", capability: "text", to: `+${customer}`, input: { body: "Hello!" } }
const notFound = new Set(["sh", "bash", "dash", "busybox", "npm", "npx", "corepack", "apt", "apt-get", "dpkg"])
const pinned = Schema.decodeSync(Schema.fromJsonString(Manifest))(readFileSync(join(root, "package.json"), "utf8"))
const health = ["/opt/node/bin/node", "/opt/comporta/bin/health.js"]

for (const builder of ["buildkit", "buildah"]) {
  const absent = missing(builder)
  if (absent.length > 0) console.log(`the image is not built with ${builder}: this machine lacks ${absent.join(", ")}`)

  describe.skipIf(absent.length > 0)(`image, built with ${builder}`, () => {
    const scope = Effect.runSync(Scope.make())
    let run: Effect.Success<ReturnType<typeof builderOf>>
    let built: Built

    beforeAll(async () => {
      run = await Effect.runPromise(Scope.provide(builderOf(builder), scope))
      built = await Effect.runPromise(run.of(here, "--twice"))
    })
    afterAll(() => Effect.runPromise(Scope.close(scope, Exit.void)))

    const running = Effect.gen(function* () {
      const contained = yield* container(built.image, realpathSync(tmpdir()))
      const bed = yield* testBedOf({ command: contained.command })
      contained.set("PORT", String(bed.installed.port))
      chmodSync(bed.installed.directory, 0o755)
      return { ...bed, contained }
    })

    it("two builds that differ in directory, TMPDIR, umask, time zone, clock and cache have one digest", () => {
      assert.include(built.printed, "the second build gave the same digest")
      assert.include(built.report, `"image":"${built.image.digest}"`)
    })

    it("the base's layers remain unchanged below ours", () => {
      const base = baseOf(run.blobs, run.runBase, here)
      const found = built.image.layers.slice(0, base.length)
      assert.isAbove(built.image.layers.length, base.length)
      // Buildah compresses layers again when it writes an image to a folder.
      const shown = ({ digest, diffId }: { readonly digest: string; readonly diffId: string }) =>
        builder === "buildkit" ? { digest, diffId } : { diffId }
      assert.deepStrictEqual(found.map(shown), base.map(shown))
    })

    it("every file of our layers has the commit's time, root as its owner and no permission to write for others", () => {
      const epoch = String(Date.parse(built.image.config.created) / 1_000)
      const own = built.image.layers.slice(baseOf(run.blobs, run.runBase, here).length)
      const entries = own.flatMap((layer) => layer.entries())
      assert.isAbove(entries.length, 20)
      for (const entry of entries) {
        assert.match(entry.path, /^\/?(etc|opt)\//)
        assert.deepInclude(entry, { owner: "0:0", time: epoch }, entry.path)
        assert.include([0o755, 0o644], entry.mode & 0o7777, entry.path)
      }
    })

    it("the image has no shell, no package manager and no node_modules", () => {
      const paths = [...filesOf(built.image.layers)].flatMap(([path, { type }]) => (type === "5" ? [] : [path]))
      assert.include(paths, "opt/comporta/dist/THIRD-PARTY-NOTICES.txt")
      assert.deepStrictEqual(
        paths.filter((path) => /(^|\/)node_modules(\/|$)/.test(path) || notFound.has(path.replace(/^.*\//, ""))),
        []
      )
    })

    it("the manifest in the image names each file of the program and the Node beside it, and the build reports its digest", () => {
      const files = filesOf(built.image.layers)
      const digestOf = (path: string) => sha256(files.get(path)?.content ?? "")
      const text = files.get("opt/comporta/dist/manifest.json")?.content.toString("utf8") ?? ""
      const manifest = readManifest(text)
      assert.deepStrictEqual(manifest?.node, {
        version: pinned.engines.node,
        platform: `linux-${process.arch}`,
        digest: digestOf("opt/node/bin/node")
      })
      const program = [...files].flatMap(([path, { type, content }]) =>
        type === "5" || !path.startsWith("opt/comporta/") || path.endsWith("/manifest.json")
          ? []
          : [[path.replace("opt/comporta/", ""), sha256(content)] as const]
      )
      assert.deepStrictEqual(manifest?.files, Object.fromEntries(program))
      assert.include(built.report, `"manifest":"${sha256(text)}"`)
    })

    it("the image starts the program by its absolute path, as a numeric user that is not root", () => {
      assert.deepInclude(built.image.config.config, {
        User: "65532:65532",
        Entrypoint: ["/opt/node/bin/node", "/opt/comporta/bin/comporta.js"],
        Cmd: ["serve"],
        WorkingDir: "/etc/comporta",
        Healthcheck: { Test: ["CMD", ...health] }
      })
    })

    it("the image for the other processor has the same program, its own Node and every library that Node needs", async () => {
      const { image } = await Effect.runPromise(run.of(other))
      const [ours, theirs] = [filesOf(built.image.layers), filesOf(image.layers)]
      const digestsIn = (files: typeof ours) =>
        [...files].flatMap(([path, { content }]) =>
          path.startsWith("opt/comporta/") && path !== "opt/comporta/dist/manifest.json"
            ? [`${path} ${sha256(content)}`]
            : []
        )
      assert.deepStrictEqual(digestsIn(theirs).toSorted(), digestsIn(ours).toSorted())
      const node = theirs.get("opt/node/bin/node")?.content ?? Buffer.alloc(20)
      assert.strictEqual(node.readUInt16LE(18), machines[other])
      assert.isTrue(node.includes(`v${pinned.engines.node}`))
      const names = new Set([...theirs.keys()].map((path) => path.replace(/^.*\//, "")))
      for (const library of [
        "libdl.so.2",
        "libstdc++.so.6",
        "libm.so.6",
        "libgcc_s.so.1",
        "libpthread.so.0",
        "libc.so.6"
      ])
        assert.isTrue(names.has(library), library)
    })

    it.live("Node of the image is the pinned one, runs as process 1 and can write nowhere", () =>
      Effect.gen(function* () {
        const { contained } = yield* running
        const script =
          'const fs = require("node:fs"); const tries = ["/x-x", "/tmp/x-x", "/etc/comporta/x-x", "/opt/x-x"].map((path) => {' +
          ' try { fs.writeFileSync(path, ""); return path } catch ({ code }) { return code } });' +
          " console.log(JSON.stringify([process.version, process.pid, process.getuid(), process.getgid(), tries]))"
        const [file, ...args] = contained.command([], ["/opt/node/bin/node", "-e", script])
        const { stdout, stderr } = spawnSync(file, args, { encoding: "utf8" })
        const found: unknown = JSON.parse(stdout === "" ? `"${stderr}"` : stdout)
        assert.deepStrictEqual(found, [`v${pinned.engines.node}`, 1, 65532, 65532, Array(4).fill("EROFS")])
      })
    )

    it.live("the container receives a webhook, sends the reply, is healthy, and drains when stopped twice", () =>
      Effect.gen(function* () {
        const { contained, installed, runtime, graph } = yield* running
        runtime.replies("wamid.1", { intents: [reply] })
        const program = yield* installed.start
        const answer = yield* program.deliver(messages(text("wamid.1")))
        yield* program.line("intent.settled")
        assert.strictEqual(answer.status, 200)
        assert.deepStrictEqual(runtime.accepted(), ["wamid.1"])
        assert.deepInclude(graph.effects.all[0], { to: `+${customer}`, text: "Hello!" })
        const checked = contained.exec(health)
        assert.deepStrictEqual(checked, { status: 0, output: "/livez answered 200\n" })
        assert.strictEqual(contained.exec([...health, "/nothing"]).status, 1)
        graph.next("wait")
        yield* Effect.forkScoped(Effect.exit(program.send("under-way")))
        yield* graph.requests.atLeast(2)
        program.signal("SIGTERM")
        yield* program.line("server.draining")
        program.signal("SIGTERM")
        graph.letGo()
        const { code, lines } = yield* program.ended
        assert.strictEqual(code, 0)
        assert.deepStrictEqual(lines.map(({ event }) => event).slice(-1), ["server.stopped"])
        assert.lengthOf(graph.effects.all, 2)
      })
    )
  })
}
