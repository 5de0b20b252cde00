import { isIP } from "node:net"
import type { ConnectionOptions } from "node:tls"

/**
 * Returns TLS options that require a certificate of a trusted authority, issued for the requested host. An IP address
 * must be among the certificate's IP addresses. No environment variable turns that off.
 */
export const tlsOptions = ({ ca }: { readonly ca?: string }, host = ""): ConnectionOptions => ({
  rejectUnauthorized: true,
  ...(ca === undefined ? {} : { ca }),
  ...(host === "" || isIP(host) !== 0 ? {} : { servername: host })
})

/**
 * Returns true when a code of Node or OpenSSL is of a failed handshake, on either side; `UNSPECIFIED` is the code for
 * what Node has no word for.
 */
export const isTlsError = (code: string): boolean =>
  /^(EPROTO$|ERR_(TLS|SSL)_|ERROR_IN_|(?!E)[A-Z0-9]+_|UNSPECIFIED$)/.test(code)
