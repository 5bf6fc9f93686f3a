import { Download, ZoomIn } from 'lucide-react';
import { Checkbox, IconButton, Tabs } from '../ui/index.ts';
import type { Reasons, View } from './views.ts';

/** What of a picture is shown; the user's choice, whatever case is selected. */
export interface PictureOptions {
  boxes: boolean;
  labels: boolean;
  zoom: boolean;
}

interface OutputHeadProps {
  view: View;
  onView(view: View): void;
  reasons: Reasons;
  fileCount: number;
  options: PictureOptions;
  onOptions(options: PictureOptions): void;
  /** Missing while there is nothing to save. */
  onSave: (() => void) | undefined;
}

/** The output pane's head: its views, what a picture shows, and saving. */
export function OutputHead(props: OutputHeadProps) {
  const { view, onView, reasons, fileCount, options, onOptions, onSave } = props;
  const item = (id: View, label: string) => {
    const disabledReason = reasons[id];
    return { id, label, ...(disabledReason === undefined ? {} : { disabledReason }) };
  };
  return (
    <div className="flex flex-none flex-wrap border-line border-b pr-2 pl-4">
      <div className="mr-2 flex h-[35px]">
        <Tabs
          label="Output"
          selected={view}
          onSelect={id => onView(id as View)}
          items={[
            item('json', 'JSON'),
            item('image', 'Image'),
            item('audio', 'Audio'),
            item('tensor', 'Tensor'),
            { ...item('files', 'Files'), ...(fileCount > 0 ? { count: fileCount } : {}) },
          ]}
        />
      </div>
      <div className="ml-auto flex h-[35px] items-center gap-2">
        {view === 'image' && (
          <>
            <Checkbox isSelected={options.boxes} onChange={boxes => onOptions({ ...options, boxes })}>
              Boxes
            </Checkbox>
            <Checkbox isSelected={options.labels} onChange={labels => onOptions({ ...options, labels })}>
              Labels
            </Checkbox>
            <IconButton
              icon={ZoomIn}
              label="Zoom"
              size="s"
              isOn={options.zoom}
              onPress={() => onOptions({ ...options, zoom: !options.zoom })}
            />
          </>
        )}
        <IconButton
          icon={Download}
          label={onSave === undefined ? 'Save output: there is none yet' : 'Save output'}
          size="s"
          isDisabled={onSave === undefined}
          onPress={() => onSave?.()}
        />
      </div>
    </div>
  );
}
