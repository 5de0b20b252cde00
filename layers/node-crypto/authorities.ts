import { X509Certificate } from "node:crypto"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import { BadAuthority } from "../../src/secrets/secret-store.ts"

const certificatesIn = (pem: string) =>
  pem.split(/(?=-----BEGIN )/).filter((block) => /^-----BEGIN (TRUSTED |X509 )?CERTIFICATE-----/.test(block))

/**
 * Returns the certificates of a PEM file, without its other content. Fails unless there is at least one and all can be
 * parsed.
 */
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
  // Encoded again: TLS silently skips a certificate that it cannot parse, for example after an indented first line.
  return yield* Effect.try({
    try: () => certificates.map((one) => new X509Certificate(one).toString()).join(""),
    catch: () => bad("it holds a certificate that cannot be parsed")
  })
})
