import type { Certificate } from "./certificates.ts"

/** Beside the port that a test asks in plain, one that speaks TLS and wants no certificate of whoever comes. */
export const tlsArgs = ({ cert, key, ca }: Certificate, port: number): ReadonlyArray<string> => {
  const files = ["--tls-cert-file", cert, "--tls-key-file", key, "--tls-ca-cert-file", ca]
  return ["--tls-port", String(port), ...files, "--tls-auth-clients", "no"]
}
