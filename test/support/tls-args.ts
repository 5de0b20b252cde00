import type { Certificate } from "./certificates.ts"

/** Returns the arguments for an additional port with TLS that requires no certificate of clients. */
export const tlsArgs = ({ cert, key, ca }: Certificate, port: number): ReadonlyArray<string> => {
  const files = ["--tls-cert-file", cert, "--tls-key-file", key, "--tls-ca-cert-file", ca]
  return ["--tls-port", String(port), ...files, "--tls-auth-clients", "no"]
}
