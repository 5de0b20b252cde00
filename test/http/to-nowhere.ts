import { IncomingMessage, ServerResponse } from "node:http"
import { Socket } from "node:net"

class Sink extends Socket {
  override _write(_chunk: unknown, _encoding: string, done: () => void) {
    done()
  }
  override _writev(_chunks: unknown, done: () => void) {
    done()
  }
}

/** A POST without a client: chunks that have come are pushed by the test, and what is answered goes nowhere. */
export const toNowhere = (url: string) => {
  const socket = new Sink()
  const request = new IncomingMessage(socket)
  request.method = "POST"
  request.url = url
  const response = new ServerResponse(request)
  response.assignSocket(socket)
  const end = () => {
    request.complete = true
    request.push(null)
  }
  return { request, response, end }
}
