import { problem } from "../http/server/response.ts"

type Headers = Readonly<Record<string, string | undefined>>

/** Matches a name that no other host can point at this machine: `localhost:8081`. */
const loopback = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d{1,5})?$/i

/** Returns true when a browser sent the request from the lab's own page. Other programs send no such headers and pass. */
const isFromOwnPage = ({ origin, "sec-fetch-site": site, "sec-fetch-mode": mode }: Headers, host: string): boolean => {
  if (origin !== undefined) return origin.toLowerCase() === `http://${host}`
  return site === undefined || site === "same-origin" || site === "none" || mode === "navigate"
}

/**
 * Returns true when a request comes from a program on this machine or from a page of the lab itself. A page of another
 * site can make a browser send requests here, under a name that it points at this machine too (DNS rebinding).
 */
export const isOwnRequest = (headers: Headers): boolean => {
  const host = headers["host"]?.toLowerCase()
  return host !== undefined && loopback.test(host) && isFromOwnPage(headers, host)
}

export const foreignRequest = problem({
  status: 403,
  code: "foreign_request",
  title: "The lab answers programs of this machine and its own pages alone: use http://127.0.0.1 or http://localhost"
})
