import { contextBridge, ipcRenderer, webUtils } from 'electron';
import { type AppCommand, type Bridge, channels, hostPortMessage } from '../../shared/bridge.ts';

const bridge: Bridge = {
  platform: process.platform,
  version: process.argv.find(argument => argument.startsWith('--app-version='))?.slice('--app-version='.length) ?? '',
  requestHost: () => ipcRenderer.send(channels.requestHost),
  listening: () => ipcRenderer.send(channels.listening),
  pathOf: file => webUtils.getPathForFile(file),
  choose: kind => ipcRenderer.invoke(channels.choose, kind),
  saveAs: suggestedName => ipcRenderer.invoke(channels.saveAs, suggestedName),
  openPath: path => ipcRenderer.invoke(channels.openPath, path),
  showInFolder: path => ipcRenderer.send(channels.showInFolder, path),
  dragOut: path => ipcRenderer.send(channels.dragOut, path),
  copy: text => ipcRenderer.send(channels.copy, text),
  setTheme: theme => ipcRenderer.send(channels.setTheme, theme),
  notify: (title, body, route) => ipcRenderer.send(channels.notify, title, body, route),
  onCommand: listener => {
    const receive = (_event: unknown, command: AppCommand) => listener(command);
    ipcRenderer.on(channels.command, receive);
    return () => ipcRenderer.off(channels.command, receive);
  },
};

contextBridge.exposeInMainWorld('proofbench', bridge);
// A port cannot cross the bridge as a value; the window gets it as a message of its own origin.
ipcRenderer.on(channels.hostPort, event => window.postMessage(hostPortMessage, window.location.origin, event.ports));
