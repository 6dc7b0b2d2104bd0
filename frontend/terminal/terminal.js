import { Terminal } from "@xterm/xterm";
new Terminal();
