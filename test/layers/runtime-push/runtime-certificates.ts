import { execFileSync } from "node:child_process"
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import * as tls from "node:tls"
import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import { authority } from "../../support/certificates.ts"
import { portOf } from "../provider-http/peer.ts"

const openssl = (...args: ReadonlyArray<string>) => execFileSync("openssl", args, { stdio: "ignore" })
const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
const names = "subjectAltName=DNS:localhost,IP:127.0.0.1\n"

/** Returns a time some days from now, as OpenSSL reads it. */
const inDays = (now: number, days: number) =>
  DateTime.formatIso(DateTime.makeUnsafe(now + days * 86_400_000)).replaceAll(/[-:T]|\.\d+/g, "")

/** Paths of the files of one certificate. */
interface Files {
  readonly cert: string
  readonly key: string
}

const read = ({ cert, key }: Files) => ({ cert: readFileSync(cert, "utf8"), key: readFileSync(key, "utf8") })
const withChain = (files: Files, above: Files) => ({
  ...read(files),
  cert: readFileSync(files.cert, "utf8") + readFileSync(above.cert, "utf8")
})

/** Signs with `openssl ca`, the one command of every OpenSSL that sets both dates of a certificate. */
const issuer = (directory: string, now: number) => {
  const at = (name: string) => join(directory, name)
  writeFileSync(
    at("ca.cnf"),
    `[ca]
default_ca = own
[own]
database = ${at("index.txt")}
new_certs_dir = ${directory}
unique_subject = no
rand_serial = yes
default_md = sha256
policy = any
[any]
commonName = supplied
`
  )
  writeFileSync(at("index.txt"), "")
  return (
    name: string,
    extensions: string,
    { by = { cert: at("ca.pem"), key: at("ca.key") }, from = -1, until = 2 } = {}
  ): Files => {
    const [key, request, names, cert] = [at(`${name}.key`), at(`${name}.csr`), at(`${name}.ext`), at(`${name}.pem`)]
    openssl("req", "-new", ...newKey, "-subj", `/CN=${name}`, "-keyout", key, "-out", request)
    writeFileSync(names, extensions)
    const dates = ["-startdate", inDays(now, from), "-enddate", inDays(now, until)]
    const paths = ["-cert", by.cert, "-keyfile", by.key, "-extfile", names, "-in", request, "-out", cert]
    openssl("ca", "-batch", "-notext", "-config", at("ca.cnf"), ...dates, ...paths)
    return { cert, key }
  }
}

/** Makes certificates of one authority, of a strange one, and of none. `caFile` is the first authority. */
export const certificates = Effect.gen(function* () {
  const root = yield* authority
  const stranger = yield* authority
  const issue = issuer(root.directory, yield* Clock.currentTimeMillis)
  const own: Files = { cert: join(root.directory, "own.pem"), key: join(root.directory, "own.key") }
  const subject = ["-days", "2", "-subj", "/CN=localhost", "-addext", names.trim()]
  openssl("req", "-x509", ...newKey, ...subject, "-keyout", own.key, "-out", own.cert)
  const middle = issue("middle", "basicConstraints=critical,CA:TRUE\n")
  const leaf = issue("leaf", names, { by: middle })
  const noAuthority = issue("none", "basicConstraints=critical,CA:FALSE\n")
  const strange = stranger.sign("DNS:localhost")
  return {
    caFile: root.caFile,
    good: read(root.sign("DNS:localhost")),
    goodAddress: read(root.sign("IP:127.0.0.1")),
    otherHost: read(root.sign("DNS:app.internal")),
    nameForAddress: read(root.sign("DNS:127.0.0.1")),
    stranger: read(strange),
    strangerChain: withChain(strange, { cert: stranger.caFile, key: strange.key }),
    own: read(own),
    expired: read(issue("expired", names, { from: -9, until: -1 })),
    early: read(issue("early", names, { from: 3, until: 9 })),
    client: read(issue("client", `${names}extendedKeyUsage=clientAuth\n`)),
    leaf: read(leaf),
    leafWithMiddle: withChain(leaf, middle),
    belowNoAuthority: withChain(issue("below", names, { by: noAuthority }), noAuthority)
  }
})

/** A server that records what it is sent after the handshake. */
export const tlsServer = (options: tls.TlsOptions) =>
  Effect.map(
    Effect.acquireRelease(
      Effect.callback<{ readonly server: tls.Server; readonly bytes: ReadonlyArray<string> }>((resume) => {
        const bytes: Array<string> = []
        const server = tls.createServer(options, (socket) => {
          socket.on("data", (chunk: Buffer) => bytes.push(chunk.toString()))
          socket.on("error", () => undefined)
        })
        server.on("tlsClientError", () => undefined)
        server.listen(0, "127.0.0.1", () => resume(Effect.succeed({ server, bytes })))
      }),
      ({ server }) => Effect.sync(() => server.close())
    ),
    ({ server, bytes }) => ({ port: portOf(server), url: `https://localhost:${portOf(server)}/events`, bytes })
  )
