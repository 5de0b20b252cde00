import { execFileSync } from "node:child_process"
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync
} from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, assert, describe, it } from "@effect/vitest"
import { differences } from "../../../scripts/image/differences.ts"
import { forgetContainer } from "../../../scripts/image/forget-container.ts"
import { filesOf, readImage } from "../../../scripts/image/layout.ts"
import { hexOf } from "../../../scripts/image/tar.ts"
import { sha256 } from "../../../scripts/sha256.ts"

const place = mkdtempSync(join(tmpdir(), "comporta-differences-"))
afterAll(() => rmSync(place, { recursive: true, force: true }))

const long = `${"deep/".repeat(40)}file`

interface Made {
  readonly mode?: number
  readonly content?: string
  readonly time?: number
  readonly user?: string
  readonly container?: string
  readonly format?: string
}

/** Writes an image of one layer as `buildah push … dir:` does. */
const image = (name: string, made: Made = {}) => {
  const { mode = 0o644, content = "x", time = 1_000, user = "1:1", container = "a", format = "pax" } = made
  const files = join(place, `${name}-files`)
  const folder = join(place, name)
  mkdirSync(join(files, long, ".."), { recursive: true })
  mkdirSync(folder)
  writeFileSync(join(files, "program"), content)
  writeFileSync(join(files, long), "long")
  symlinkSync("program", join(files, "link"))
  chmodSync(join(files, "program"), mode)
  utimesSync(join(files, "program"), time, time)
  const layer = join(folder, "layer")
  const flags = [`--format=${format}`, "--sort=name", "--mtime=@1000", "--pax-option=delete=atime,delete=ctime"]
  const given = flags.filter((flag) => format === "pax" || !flag.startsWith("--pax"))
  const same = given.filter((flag) => time === 1_000 || !flag.startsWith("--mtime"))
  execFileSync("tar", ["--create", "--file", layer, ...same, "-C", files, "."])
  const put = (bytes: Buffer | string) => {
    writeFileSync(join(folder, hexOf(sha256(bytes))), bytes)
    return { mediaType: "some", size: bytes.length, digest: sha256(bytes) }
  }
  const tar = readFileSync(layer)
  const config = {
    created: "1970-01-01T00:16:40Z",
    container,
    container_config: { Hostname: container },
    config: { Hostname: container, User: user },
    architecture: "amd64",
    os: "linux",
    rootfs: { diff_ids: [sha256(tar)] },
    history: []
  }
  const manifest = { schemaVersion: 2, mediaType: "some", config: put(JSON.stringify(config)), layers: [put(tar)] }
  writeFileSync(join(folder, "manifest.json"), JSON.stringify(manifest))
  forgetContainer(folder)
  return readImage(folder)
}

describe("differences of images", () => {
  const first = image("first")

  it("equal images have one digest, whatever the container was called that assembled them", () => {
    const again = image("again", { container: "b" })
    assert.strictEqual(again.digest, first.digest)
    assert.deepStrictEqual(differences(first, again), [])
    assert.notInclude(again.configText, "Hostname")
  })

  it.each<readonly [string, Made, string]>([
    ["mode", { mode: 0o755 }, "layer 0: ./program: mode: 644 and 755"],
    ["content", { content: "y" }, `layer 0: ./program: content: 1 bytes, ${sha256("x")} and 1 bytes, ${sha256("y")}`],
    ["time", { time: 2_000 }, "layer 0: ./program: time: 1000 and 2000"]
  ])("a file of another %s is named with both values", (name, made, line) => {
    assert.include(differences(first, image(`other-${name}`, made)), line)
  })

  it("another configuration is shown whole", () => {
    const [line = ""] = differences(first, image("other-user", { user: "2:2" }))
    assert.match(line, /^configuration:\n {2}first: .*"User":"1:1".*\n {2}second: .*"User":"2:2"/)
  })

  it.each(["pax", "gnu"])("a layer in the format %s is read with its long names, links and contents", (format) => {
    const files = filesOf(image(`format-${format}`, { format }).layers)
    assert.strictEqual(files.get(long)?.content.toString(), "long")
    assert.deepInclude(files.get("link"), { type: "2", link: "program" })
    assert.deepInclude(files.get("program"), { type: "0", mode: 0o644 })
    assert.strictEqual(files.get("deep")?.type, "5")
  })

  it("an image whose blob has another digest is refused", () => {
    image("damaged")
    const folder = join(place, "damaged")
    const { layers } = JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8"))
    writeFileSync(join(folder, hexOf(String(layers[0].digest))), "else")
    assert.throws(() => readImage(folder).layers[0]?.entries(), "does not hold")
  })
})
