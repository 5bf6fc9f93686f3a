import { Archive, CircleHelp, Cpu, List, type LucideIcon, Settings, Timer } from 'lucide-react';

/** A screen that the navigation leads to. */
export interface Place {
  label: string;
  to: '/runs' | '/leases' | '/bundles' | '/runtime' | '/settings' | '/help';
  icon: LucideIcon;
  /** The second group is about this machine. */
  group: 'work' | 'machine';
}

export const places: readonly Place[] = [
  { label: 'Runs', to: '/runs', icon: List, group: 'work' },
  { label: 'Leases', to: '/leases', icon: Timer, group: 'work' },
  { label: 'Bundles', to: '/bundles', icon: Archive, group: 'work' },
  { label: 'Runtime', to: '/runtime', icon: Cpu, group: 'machine' },
  { label: 'Settings', to: '/settings', icon: Settings, group: 'machine' },
  { label: 'Help', to: '/help', icon: CircleHelp, group: 'machine' },
];
