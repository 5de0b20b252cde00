import { spawnSync } from "node:child_process"
import { noCertificates } from "./certificates.ts"

/** A server that knows TLS misses its certificate; one that does not calls the first line a bad directive. */
const knowsTls = (binary: string) => {
  const { stdout, stderr } = spawnSync(binary, ["--port", "0", "--tls-port", "1", "--bind", "127.0.0.1"], {
    encoding: "utf8",
    timeout: 10_000
  })
  return `${stdout}${stderr}`.includes("configure TLS")
}

/** No server can be started here that speaks TLS. */
export const noTls = noCertificates || !["redis-server", "valkey-server"].some(knowsTls)
if (noTls)
  console.log("skipped: the TLS tests of the store need openssl, and a Redis or Valkey that was built with TLS")
