function s(c,o,n){const t=URL.createObjectURL(new Blob([c],{type:o})),e=document.createElement("a");e.href=t,e.download=n,e.click(),setTimeout(()=>URL.revokeObjectURL(t),6e4)}export{s};
