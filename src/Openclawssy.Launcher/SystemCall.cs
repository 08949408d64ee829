using System.Runtime.InteropServices;

namespace Openclawssy.Launcher;

/// <summary>
/// Numbers of system calls, from the kernel's <c>arch/x86/entry/syscalls/syscall_64.tbl</c> and <c>include/uapi/asm-generic/unistd.h</c>
/// (arm64). Calls newer than 2018 have one number on both.
/// </summary>
static class SystemCall
{
    public static bool IsArm64 { get; } = RuntimeInformation.ProcessArchitecture == Architecture.Arm64;

    /// <summary><c>AUDIT_ARCH_*</c>, what a filter sees as the architecture of a call.</summary>
    public static uint AuditArch => IsArm64 ? 0xC00000B7 : 0xC000003E;

    public const int Clone3 = 435, CloseRange = 436, OpenAt2 = 437, PidfdOpen = 434, PidfdSendSignal = 424, PidfdGetfd = 438;
    public const int LandlockCreate = 444, LandlockAdd = 445, LandlockRestrict = 446;
    public const int IoUringSetup = 425, IoUringEnter = 426, IoUringRegister = 427;
    public const int OpenTree = 428, MoveMount = 429, FsOpen = 430, FsConfig = 431, FsMount = 432, FsPick = 433, MountSetAttr = 442, QuotactlFd = 443, ProcessMadvise = 440, ProcessMrelease = 448;

    public static int Socket => IsArm64 ? 198 : 41;
    public static int SocketPair => IsArm64 ? 199 : 53;
    public static int Clone => IsArm64 ? 220 : 56;
    public static int Ioctl => IsArm64 ? 29 : 16;
    public static int Prlimit => IsArm64 ? 261 : 302;
    public static int SetPriority => IsArm64 ? 140 : 141;
    public static int IoprioSet => IsArm64 ? 30 : 251;
    public static int SchedSetScheduler => IsArm64 ? 119 : 144;
    public static int SchedSetParam => IsArm64 ? 118 : 142;
    public static int SchedSetAttr => IsArm64 ? 274 : 314;
    public static int SchedSetAffinity => IsArm64 ? 122 : 203;
    public static int MigratePages => IsArm64 ? 238 : 256;
    public static int MovePages => IsArm64 ? 239 : 279;
    public static int CapSet => IsArm64 ? 91 : 126;
    public static int CapGet => IsArm64 ? 90 : 125;
    public static int SetGroups => IsArm64 ? 159 : 116;
    public static int SetResGid => IsArm64 ? 149 : 119;
    public static int SetResUid => IsArm64 ? 147 : 117;
    public static int SetUid => IsArm64 ? 146 : 105;
    public static int MemfdCreate => IsArm64 ? 279 : 319;
    public static int Ptrace => IsArm64 ? 117 : 101;
    public static int ProcessVmReadv => IsArm64 ? 270 : 310;
    public static int Mount => IsArm64 ? 40 : 165;
    public static int Umount => IsArm64 ? 39 : 166;
    public static int PivotRoot => IsArm64 ? 41 : 155;
    public static int Chroot => IsArm64 ? 51 : 161;
    public static int Unshare => IsArm64 ? 97 : 272;
    public static int SetNs => IsArm64 ? 268 : 308;
    public static int Bpf => IsArm64 ? 280 : 321;
    public static int PerfEventOpen => IsArm64 ? 241 : 298;
    public static int UserFaultFd => IsArm64 ? 282 : 323;
    public static int KeyCtl => IsArm64 ? 219 : 250;
    public static int AddKey => IsArm64 ? 217 : 248;
    public static int OpenByHandle => IsArm64 ? 265 : 304;
    public static int InitModule => IsArm64 ? 105 : 175;
    public static int KexecLoad => IsArm64 ? 104 : 246;
    public static int Syslog => IsArm64 ? 116 : 103;
    public static int MkNodAt => IsArm64 ? 33 : 259;
    public static int ShmGet => IsArm64 ? 194 : 29;
    public static int MqOpen => IsArm64 ? 180 : 240;
    public static int TimerfdClockSettime => IsArm64 ? 112 : 227;

    /// <summary>Refused outright, whatever the arguments; <see cref="Socket"/> is looked at apart.</summary>
    public static int[] Refused =>
    [
        IoUringSetup, IoUringEnter, IoUringRegister, OpenTree, MoveMount, FsOpen, FsConfig, FsMount, FsPick, MountSetAttr, QuotactlFd, ProcessMadvise, ProcessMrelease, PidfdGetfd,
        Ptrace, ProcessVmReadv, ProcessVmReadv + 1, Mount, Umount, PivotRoot, Chroot, Unshare, SetNs, Bpf, PerfEventOpen, UserFaultFd, KeyCtl, AddKey, AddKey + 1, OpenByHandle,
        InitModule, KexecLoad, Syslog, TimerfdClockSettime,
        .. IsArm64
            // delete_module, finit_module, kexec_file_load, kcmp, name_to_handle_at, acct, swapon, swapoff, reboot, sethostname, setdomainname, quotactl, vhangup,
            // settimeofday, adjtimex, clock_adjtime, fanotify_init, lookup_dcookie, msgget..msgsnd, semget..semop, shmget..shmdt, mq_open, mq_unlink
            ? [106, 273, 294, 272, 264, 89, 224, 225, 142, 161, 162, 60, 58, 170, 171, 266, 262, 18, 186, 187, 188, 189, 190, 191, 192, 193, 194, 195, 196, 197, 180, 181]
            // the same, and uselib, iopl, ioperm, modify_ldt, create_module, get_kernel_syms, query_module, nfsservctl
            : (int[])[176, 313, 320, 312, 303, 163, 167, 168, 169, 170, 171, 179, 153, 164, 159, 305, 300, 212, 68, 69, 70, 71, 64, 65, 66, 220, 29, 30, 31, 67, 240, 241,
                134, 172, 173, 154, 174, 177, 178, 180],
    ];

    /// <summary>Every way to send a signal, for kernels whose Landlock does not scope them.</summary>
    public static int[] Signals => [PidfdSendSignal, .. IsArm64 ? [129, 130, 131, 138, 240] : (int[])[62, 200, 234, 129, 297]];
}
