import { isIP } from "node:net"
import type { ConnectionOptions } from "node:tls"

/**
 * Whoever answers must show a certificate of an authority that is trusted, and it must name the host that was asked for: an
 * IP address among its IP addresses. No variable of the environment turns that off.
 */
export const secured = ({ ca }: { readonly ca?: string }, host = ""): ConnectionOptions => ({
  rejectUnauthorized: true,
  ...(ca === undefined ? {} : { ca }),
  ...(host === "" || isIP(host) !== 0 ? {} : { servername: host })
})

/** The words of Node and OpenSSL for a handshake that failed, on either side; the last one for what Node has no word for. */
export const isOfTls = (code: string): boolean =>
  /^(EPROTO$|ERR_(TLS|SSL)_|ERROR_IN_|(?!E)[A-Z0-9]+_|UNSPECIFIED$)/.test(code)
