import { execFileSync, spawnSync } from "node:child_process"
import { randomUUID } from "node:crypto"
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import * as Effect from "effect/Effect"
import { filesOf, type Image } from "../../../scripts/image/layout.ts"

/** Writes the file system of an image to a folder. */
const unpack = (image: Image, folder: string) => {
  for (const [path, { type, link, mode, content }] of [...filesOf(image.layers)].toSorted(([a], [b]) =>
    a < b ? -1 : 1
  )) {
    const at = join(folder, path)
    if (path === "" || path === ".") continue
    if (type === "5") mkdirSync(at, { recursive: true, mode })
    else {
      mkdirSync(dirname(at), { recursive: true })
      if (type === "2") execFileSync("ln", ["-sfn", link, at])
      else if (type === "1") execFileSync("ln", ["-f", join(folder, link), at])
      else writeFileSync(at, content, { mode })
    }
  }
}

const mount = (destination: string, type: string, source: string, ...options: ReadonlyArray<string>) => ({
  destination,
  type,
  source,
  options: ["nosuid", "noexec", ...options]
})

/** The container as an orchestrator with strict rules starts it: read-only, without capabilities, beside the network of the host. */
const bundle = (
  { config: { config } }: Image,
  args: ReadonlyArray<string>,
  env: ReadonlyArray<string>,
  shared: string
) => ({
  ociVersion: "1.0.2",
  root: { path: "rootfs", readonly: true },
  process: {
    terminal: false,
    user: { uid: Number(config.User?.split(":")[0]), gid: Number(config.User?.split(":")[1]) },
    args,
    env: [...(config.Env ?? []), ...env],
    cwd: config.WorkingDir ?? "/",
    noNewPrivileges: true,
    capabilities: {}
  },
  mounts: [
    mount("/proc", "proc", "proc", "nodev"),
    mount("/dev", "tmpfs", "tmpfs", "mode=755"),
    mount(shared, "none", shared, "bind", "ro", "nodev")
  ],
  linux: { namespaces: ["pid", "ipc", "uts", "mount"].map((type) => ({ type })) }
})

export interface Container {
  /** Adds a variable to the environment of containers that are started later. */
  readonly set: (name: string, value: string) => void
  /** Returns the command that runs words in a new container: those of the image's entry point, or `args` in their place. */
  readonly command: (words: ReadonlyArray<string>, args?: ReadonlyArray<string>) => readonly [string, ...Array<string>]
  /** Runs a command in the container that was started last. */
  readonly exec: (args: ReadonlyArray<string>) => { readonly status: number | null; readonly output: string }
}

/** Unpacks an image for `runc`. `shared` is the one folder of the host that its containers see. The end of the scope removes all. */
export const container = (image: Image, shared: string) =>
  Effect.gen(function* () {
    const started: Array<string> = []
    const variables: Array<string> = []
    const folder = yield* Effect.acquireRelease(
      Effect.sync(() => mkdtempSync(join(tmpdir(), "comporta-container-"))),
      (path) =>
        Effect.sync(() => {
          for (const id of started) spawnSync("runc", ["--root", join(path, "state"), "delete", "--force", id])
          rmSync(path, { recursive: true, force: true })
        })
    )
    const state = ["--root", join(folder, "state")]
    unpack(image, join(folder, "rootfs"))
    mkdirSync(join(folder, "rootfs", shared), { recursive: true })
    const made: Container = {
      set: (name, value) => void variables.push(`${name}=${value}`),
      command: (words, args) => {
        const id = `comporta-${randomUUID()}`
        started.push(id)
        const whole = args ?? [...(image.config.config.Entrypoint ?? []), ...words]
        writeFileSync(join(folder, "config.json"), JSON.stringify(bundle(image, whole, variables, shared)))
        return ["runc", ...state, "run", "--bundle", folder, id]
      },
      exec: (args) => {
        const { status, stdout, stderr } = spawnSync("runc", [...state, "exec", started.at(-1) ?? "", ...args])
        return { status, output: `${stdout}${stderr}` }
      }
    }
    return made
  })
