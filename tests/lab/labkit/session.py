"""A lab in the hands of this process: what the scripts `lab`, `fault` and `mend` do, without a process for each step. Several labs may
be used at once, each by one thread."""
from labkit import faults, lifecycle
from labkit.state import Lab, locked


class Session:
    """Up from its making until down(); every call raises LabError on trouble."""

    def __init__(self, directory, generation="A", theme="default", rocket="old", without=(), integration=True):
        faults.load()
        self.dir = Lab(directory).dir
        with locked(Lab(self.dir)):
            lifecycle.up(Lab(self.dir), generation=generation, theme=theme, rocket=rocket, without=sorted(without),
                         integration=integration and generation != "C")

    def fault(self, name, instead=False):
        """Sets a fault; with `instead` those that were set before are mended."""
        with locked(Lab(self.dir)):
            faults.set_fault(Lab(self.dir).need(), name, instead)

    def mend(self, *names):
        """Health again: of all faults that were set, and of these."""
        with locked(Lab(self.dir)):
            lab = Lab(self.dir).need()
            faults.mend(lab, {*lab.data.get("faults", []), *names})

    def status(self):
        return lifecycle.status(Lab(self.dir).need())

    def down(self):
        with locked(Lab(self.dir)):
            lifecycle.down(Lab(self.dir))
