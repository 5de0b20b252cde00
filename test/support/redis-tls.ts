import { spawnSync } from "node:child_process"
import { noCertificates } from "./certificates.ts"

/** Returns true when a server supports TLS: it complains of a missing certificate, not of an unknown directive. */
const knowsTls = (binary: string) => {
  const { stdout, stderr } = spawnSync(binary, ["--port", "0", "--tls-port", "1", "--bind", "127.0.0.1"], {
    encoding: "utf8",
    timeout: 10_000
  })
  return `${stdout}${stderr}`.includes("configure TLS")
}

/** True when this machine cannot start a server with TLS. */
export const noTls = noCertificates || !["redis-server", "valkey-server"].some(knowsTls)
if (noTls)
  console.log("skipped: the TLS tests of the store need openssl, and a Redis or Valkey that was built with TLS")
