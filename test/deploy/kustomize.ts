import { spawnSync } from "node:child_process"
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import type { Json } from "../../src/domain/json.ts"
import { deployPath, documentsOf } from "./files.ts"

/** True when this machine has no `kubectl`, which builds the overlays. */
export const noKubectl = spawnSync("kubectl", ["version", "--client"]).status !== 0

export interface Manifests {
  readonly directory: string
  /** Writes a file below `deploy/kubernetes`. */
  readonly write: (path: string, text: string) => void
  /** Builds the overlay of this name. */
  readonly build: (overlay: string) => ReadonlyArray<Json>
}

/** Copies `deploy` to a directory of its own, with the secrets that `secrets.sh` makes and two that a provider issues. */
export const manifests = Effect.acquireRelease(
  Effect.sync((): Manifests => {
    const directory = mkdtempSync(join(tmpdir(), "comporta-deploy-"))
    const write = (path: string, text: string) => {
      mkdirSync(join(directory, "kubernetes", path, ".."), { recursive: true })
      writeFileSync(join(directory, "kubernetes", path), text)
    }
    cpSync(deployPath(""), directory, { recursive: true, filter: (path) => !path.endsWith("/secrets") })
    const secrets = join(directory, "kubernetes/overlays/staging/secrets")
    spawnSync("sh", [join(directory, "secrets.sh"), secrets])
    write("overlays/staging/secrets/meta/app-secret", "app-secret-of-a-test")
    write("overlays/staging/secrets/whatsapp/support", "access-token-of-a-test")
    return {
      directory,
      write,
      build: (overlay) => {
        const { status, stdout, stderr } = spawnSync(
          "kubectl",
          ["kustomize", join(directory, "kubernetes/overlays", overlay)],
          {
            encoding: "utf8"
          }
        )
        if (status !== 0) throw new Error(`kubectl kustomize ${overlay}: ${stderr}`)
        return documentsOf(stdout)
      }
    }
  }),
  ({ directory }) => Effect.sync(() => rmSync(directory, { recursive: true, force: true }))
)
