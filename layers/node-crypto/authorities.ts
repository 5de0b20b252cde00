import { X509Certificate } from "node:crypto"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import { BadAuthority } from "../../src/secrets/bad-secret.ts"

const certificatesIn = (pem: string) =>
  pem.split(/(?=-----BEGIN )/).filter((block) => /^-----BEGIN (TRUSTED |X509 )?CERTIFICATE-----/.test(block))

/** The authorities of a file, in PEM, and nothing else that stands there: at least one, and each of them can be read. */
export const authorities = Effect.fnUntraced(function* (of: BadAuthority["of"], caFile: string) {
  const files = yield* FileSystem.FileSystem
  const bad = (reason: string) =>
    new BadAuthority({
      of,
      caFile,
      reason,
      remedy: "put the authority's certificate there as PEM, readable by this process"
    })
  const pem = yield* Effect.mapError(files.readFileString(caFile), () => bad("it cannot be read"))
  const certificates = certificatesIn(pem)
  if (certificates.length === 0) return yield* bad("it holds no certificate")
  // Written anew: TLS passes over what it cannot read, such as a first line that is indented, and says nothing.
  return yield* Effect.try({
    try: () => certificates.map((one) => new X509Certificate(one).toString()).join(""),
    catch: () => bad("it holds a certificate that is none")
  })
})
