// The app the WebSocket rows open: `echo.mjs SOCKET PORT` sends every message back.
import { createServer } from "node:http";
import { WebSocketServer } from "ws";

const [socket, port] = process.argv.slice(2);
const echo = new WebSocketServer({ noServer: true, perMessageDeflate: false });

function serve() {
  const server = createServer((request, response) => response.end("echo\n"));
  server.on("upgrade", (request, connection, head) => {
    echo.handleUpgrade(request, connection, head, (client) => {
      client.on("message", (data, binary) => client.send(data, { binary }));
      client.on("error", () => client.terminate());
    });
  });
  return server;
}

serve().listen(socket);
serve().listen({ host: "127.0.0.1", port: Number(port), backlog: 4096 });
