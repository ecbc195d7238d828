/** Finding a GPU: Dawn (npm `webgpu`) under Node, its best adapter, and a device on it; or the plain reason why there is none. */

/** What the adapter says of itself, for display. */
export interface AdapterDescription {
  /** As the driver writes it, e.g. "NVIDIA GeForce RTX 3060". */
  readonly name: string;
  /** True for a driver that computes on the CPU. */
  readonly isSoftware: boolean;
  /** Largest single tensor in bytes. */
  readonly largestBufferBytes: number;
  /** Memory that the threads of one workgroup share, in bytes. */
  readonly workgroupBytes: number;
  /** Threads of one workgroup. */
  readonly workgroupThreads: number;
}

export interface FoundDevice {
  readonly present: true;
  readonly device: GPUDevice;
  readonly info: GPUAdapterInfo;
  readonly adapter: AdapterDescription;
}

export interface NoDevice {
  readonly present: false;
  /** One plain sentence. */
  readonly reason: string;
}

/** Set to 1 in tests: a driver that computes on the CPU is then as good as a GPU. It is always slower than our own kernels. */
const softwareSwitch = 'NOTEGRAFT_WEBGPU_SOFTWARE';

/** The limits we ask for as high as the adapter goes; WebGPU's own defaults fit a telephone. */
const wantedLimits = [
  'maxComputeWorkgroupStorageSize',
  'maxComputeWorkgroupsPerDimension',
  'maxStorageBufferBindingSize',
  'maxBufferSize',
  'maxComputeWorkgroupSizeX',
  'maxComputeInvocationsPerWorkgroup',
] as const;

/** Dawn must outlive every device made by it, so the one instance of the process is kept here. */
let dawn: GPU | null = null;

/** Start Dawn and open the strongest adapter. Absence is a value with its reason, never an error. */
export async function findDevice(): Promise<FoundDevice | NoDevice> {
  const package_ = await import('webgpu').then(
    (loaded) => ({ loaded }),
    (error: unknown) => ({ error }),
  );
  if ('error' in package_)
    return absent(`the package webgpu is not installed or does not load (${firstLine(package_.error)})`);
  dawn ??= startDawn(package_.loaded);
  const adapter = await dawn.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) return absent('no GPU with a Vulkan, Metal or Direct3D 12 driver was found');
  const { info } = adapter;
  const description = describe(adapter);
  if (description.isSoftware && process.env[softwareSwitch] !== '1')
    return absent(`the only adapter, ${description.name}, computes on the CPU`);
  return adapter.requestDevice(deviceDescriptor(adapter)).then(
    (device) => ({ present: true, device, info, adapter: description }),
    (error: unknown) => absent(`the GPU ${description.name} could not be opened (${firstLine(error)})`),
  );
}

const absent = (reason: string): NoDevice => ({ present: false, reason });

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n', 1)[0] ?? '';
}

/** tfjs looks for WebGPU where a browser has it: its constants as globals, the entry as navigator.gpu. */
function startDawn({ create, globals }: { create: (options: string[]) => GPU; globals: object }): GPU {
  Object.assign(globalThis, globals);
  const gpu = create([]);
  const host = (globalThis as { navigator?: object }).navigator;
  if (host) Object.defineProperty(host, 'gpu', { value: gpu, configurable: true });
  else Object.defineProperty(globalThis, 'navigator', { value: { gpu }, configurable: true });
  return gpu;
}

function describe({ info, limits }: GPUAdapter): AdapterDescription {
  return {
    name:
      info.description || [info.vendor, info.architecture].filter((part) => part !== '').join(' ') || 'unnamed adapter',
    isSoftware: info.isFallbackAdapter,
    largestBufferBytes: Math.min(limits.maxBufferSize, limits.maxStorageBufferBindingSize),
    workgroupBytes: limits.maxComputeWorkgroupStorageSize,
    workgroupThreads: Math.min(limits.maxComputeInvocationsPerWorkgroup, limits.maxComputeWorkgroupSizeX),
  };
}

function deviceDescriptor({ limits, features }: GPUAdapter): GPUDeviceDescriptor {
  return {
    requiredLimits: Object.fromEntries(wantedLimits.map((name) => [name, limits[name]])),
    requiredFeatures: features.has('timestamp-query') ? ['timestamp-query'] : [],
  };
}
