import { execFileSync, spawnSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Effect from "effect/Effect"

/** The certificate of a server, its key and the authority that signed it: paths of PEM files. */
export interface Certificate {
  readonly cert: string
  readonly key: string
  readonly ca: string
}

/** A certificate authority in a directory of its own. */
export interface Authority {
  readonly directory: string
  readonly caFile: string
  /** The content of that file. */
  readonly ca: string
  /** Signs a certificate for a name such as `IP:127.0.0.1` or `DNS:localhost`; `key` holds OpenSSL's arguments for its key. */
  readonly sign: (name: string, key?: ReadonlyArray<string>) => Certificate
}

/** True when this machine cannot make certificates, since it has no OpenSSL. */
export const noCertificates = spawnSync("openssl", ["version"]).status !== 0

const openssl = (...args: ReadonlyArray<string>) => execFileSync("openssl", args, { stdio: "ignore" })
/** OpenSSL's arguments for a key that OpenSSL rejects as too weak. */
export const weakKey: ReadonlyArray<string> = ["-newkey", "rsa:1024", "-nodes"]
const newKey: ReadonlyArray<string> = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]

const make = (): Authority => {
  const directory = mkdtempSync(join(tmpdir(), "comporta-authority-"))
  const at = (name: string) => join(directory, name)
  const [ca, caKey] = [at("ca.pem"), at("ca.key")]
  openssl("req", "-x509", ...newKey, "-days", "2", "-subj", "/CN=Authority of a test", "-keyout", caKey, "-out", ca)
  let count = 0
  return {
    directory,
    caFile: ca,
    ca: readFileSync(ca, "utf8"),
    sign: (name, kind = newKey) => {
      const [cert, key, request, names] = ["pem", "key", "csr", "ext"].map((end) => at(`${count}.${end}`))
      count += 1
      if (cert === undefined || key === undefined || request === undefined || names === undefined) {
        throw new Error("four files")
      }
      writeFileSync(names, `subjectAltName=${name}\n`)
      openssl("req", "-new", ...kind, "-subj", "/CN=Server of a test", "-keyout", key, "-out", request)
      const signing = ["-CA", ca, "-CAkey", caKey, "-set_serial", String(count), "-days", "2", "-extfile", names]
      openssl("x509", "-req", "-in", request, ...signing, "-out", cert)
      return { cert, key, ca }
    }
  }
}

/** Makes an authority and deletes it at the end of the scope. */
export const authority = Effect.acquireRelease(Effect.sync(make), ({ directory }) =>
  Effect.sync(() => rmSync(directory, { recursive: true, force: true }))
)
