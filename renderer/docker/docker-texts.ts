import type { EngineLook, EngineState, EngineStatus } from '../../shared/contract/index.ts';

/** The five ways in which Docker is not there; each has a screen of its own. */
export type DockerTrouble = Exclude<EngineState, 'ready' | 'checking'>;

/** One thing to do, and the command that does it where there is one. */
export interface DockerStep {
  text: string;
  command?: string;
}

/** What a screen says about Docker. */
export interface DockerText {
  badge: string;
  heading: string;
  sentence: string;
  /** `start`: Start Docker. `copy`: copies the command of the first step. `check`: there is nothing else to press. */
  primary: 'start' | 'copy' | 'check';
  steps: DockerStep[];
}

/** The trouble that a status tells of; undefined while Docker is ready or still looked for. */
export function troubleOf({ state }: Pick<EngineStatus, 'state'>): DockerTrouble | undefined {
  return state === 'ready' || state === 'checking' ? undefined : state;
}

/** The words of the screen for one trouble, on one platform as `process.platform` names it. */
export function dockerText(trouble: DockerTrouble, status: EngineStatus, platform: string): DockerText {
  return texts[trouble](status, platform);
}

const texts: Record<DockerTrouble, (status: EngineStatus, platform: string) => DockerText> = {
  absent: (_status, platform) => ({
    badge: 'Docker not found',
    heading: 'There is no Docker on this computer',
    sentence: 'Runs need a Docker engine on this computer. Install one and start it; this screen continues by itself.',
    primary: installSteps(platform)[0]?.command === undefined ? 'check' : 'copy',
    steps: installSteps(platform),
  }),
  stopped: (status, platform) => ({
    badge: 'Docker not running',
    heading: 'Docker is installed, but its engine is not running',
    sentence:
      status.start_command === null
        ? 'Runs need a Docker engine on this computer. Start it as said below; this screen continues by itself.'
        : 'Runs need a Docker engine on this computer. Start it here or from its own app; this screen continues by itself.',
    primary: status.start_command === null && startSteps(platform)[0]?.command !== undefined ? 'copy' : 'start',
    steps: status.start_command === null ? startSteps(platform) : [],
  }),
  starting: () => ({
    badge: 'Docker starting',
    heading: 'Docker is starting',
    sentence: 'Its engine does not take runs yet. This screen continues by itself once it answers.',
    primary: 'start',
    steps: [],
  }),
  denied: (status, platform) => ({
    badge: 'Docker denied',
    heading: 'Docker runs, but you may not use its socket',
    sentence: `This user is not allowed to open ${addressOf(status)}. Let the user in; this screen continues by itself.`,
    primary: platform === 'linux' ? 'copy' : 'check',
    steps: deniedSteps(platform),
  }),
  wrong_context: status => {
    const from = deciding(status.looked);
    return {
      badge: 'Docker elsewhere',
      heading: 'Docker is looked for where no engine answers',
      sentence: `${from === undefined ? 'The chosen context' : nameOf(from)} comes first, so no other engine is taken. Start that one, or choose another; this screen continues by itself.`,
      primary: from?.place === 'DOCKER_HOST' || from?.place === 'DOCKER_CONTEXT' ? 'check' : 'copy',
      steps: contextSteps(from),
    };
  },
};

function installSteps(platform: string): DockerStep[] {
  const wait = { text: 'Start it. Nothing has to be set up here.' };
  if (platform === 'darwin') {
    return [
      {
        text: 'Install Docker Desktop or OrbStack from its own site, or Colima with Homebrew.',
        command: 'brew install colima docker && colima start',
      },
      wait,
    ];
  }
  if (platform === 'win32') {
    return [
      {
        text: 'Install Docker Desktop, from its own site or with winget.',
        command: 'winget install Docker.DockerDesktop',
      },
      { text: 'Keep it on Linux containers.' },
      wait,
    ];
  }
  return [
    { text: 'Install Docker Engine. On Debian and Ubuntu:', command: 'sudo apt-get install docker.io' },
    { text: 'Let this user use it, then log in again.', command: 'sudo usermod -aG docker "$USER"' },
  ];
}

function startSteps(platform: string): DockerStep[] {
  if (platform === 'darwin') return [{ text: 'Open Docker Desktop, OrbStack or Colima.' }];
  if (platform === 'win32') return [{ text: 'Open Docker Desktop from the Start menu.' }];
  return [
    { text: 'Start the engine as an administrator.', command: 'sudo systemctl start docker' },
    { text: 'To have it start with this computer:', command: 'sudo systemctl enable docker' },
  ];
}

function deniedSteps(platform: string): DockerStep[] {
  if (platform === 'win32') {
    return [
      {
        text: 'Add this user to the group docker-users, as an administrator:',
        command: 'net localgroup docker-users "%USERNAME%" /add',
      },
      { text: 'Log out and in again.' },
    ];
  }
  if (platform === 'darwin') {
    return [
      { text: 'In Docker Desktop, open Settings, Advanced, and allow the default Docker socket.' },
      { text: 'Or choose the context of this user.', command: 'docker context use desktop-linux' },
    ];
  }
  return [
    { text: 'Add this user to the group docker.', command: 'sudo usermod -aG docker "$USER"' },
    { text: 'Log out and in again. Groups are read when one logs in.' },
  ];
}

function contextSteps(from: EngineLook | undefined): DockerStep[] {
  if (from?.place === 'DOCKER_HOST' || from?.place === 'DOCKER_CONTEXT') {
    return [
      { text: `Start the engine that ${from.place} names.` },
      {
        text: 'Or leave Proofbench, unset the variable where it is set, and open Proofbench again.',
        command: `unset ${from.place}`,
      },
    ];
  }
  return [
    { text: 'Choose the engine of this computer.', command: 'docker context use default' },
    { text: 'To see the contexts there are:', command: 'docker context ls' },
  ];
}

/** The place that decides: the first that names an engine. */
function deciding(looked: readonly EngineLook[]): EngineLook | undefined {
  return looked.find(({ outcome, value }) => outcome !== 'skipped' && value !== '');
}

function nameOf({ place, value }: EngineLook): string {
  return place === 'Current context' ? `The current context ${value}` : `${place} ${value}`;
}

function addressOf({ host, looked }: EngineStatus): string {
  return host || looked.find(({ outcome }) => outcome === 'denied')?.value || 'the Docker socket';
}
